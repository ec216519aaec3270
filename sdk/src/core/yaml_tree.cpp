#include "yaml_tree.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

#include <bb/core/text.hpp>

#include "yaml_events.hpp"

namespace bb::yaml {
namespace {

// From here on a map's keys are looked up in an index, not one by one.
constexpr std::size_t linear_search_max = 16;
// A file with more mistakes than this is not meant to be one of ours.
constexpr std::size_t mistakes_max = 1000;

class TreeBuilder {
 public:
  TreeBuilder(const std::shared_ptr<const Source>& source, std::vector<Diagnostic>& diagnostics)
      : source_(source), diagnostics_(diagnostics) {}

  // False when the rest is not worth reading.
  bool take(Event event) {
    switch (event.kind) {
      case Event::Kind::nothing:
        return false;
      case Event::Kind::document:
        if (++document_count_ > 1)
          stop(std::move(event.place), "a second document begins here, expected one document in a file",
               "remove the line '---' or put what follows into a file of its own");
        break;
      case Event::Kind::alias:
        report(event.place, "an alias is not used here", "write the value out; quote a text that begins with '*'");
        add(quoted(std::move(event)));
        break;
      case Event::Kind::scalar:
        take_scalar(std::move(event));
        break;
      case Event::Kind::list_begin:
        open(YamlNode::Kind::list, std::move(event));
        break;
      case Event::Kind::map_begin:
        open(YamlNode::Kind::map, std::move(event));
        break;
      case Event::Kind::list_end:
      case Event::Kind::map_end:
        close();
        break;
    }
    return !is_stopped_;
  }

  std::optional<YamlNode> take_root() { return std::move(root_); }

 private:
  struct Open {
    YamlNode node;
    // Maps only: the key that waits for its value.
    std::string key;
    Place key_place;
    bool is_key_known = false;
    bool is_key_ignored = false;  // a key that was reported: its value is dropped
    std::unordered_map<std::string, std::size_t> index;
  };

  static YamlNode quoted(Event event) {
    YamlNode node;
    node.text = event.text;
    node.is_quoted = true;
    node.place = std::move(event.place);
    return node;
  }

  void take_scalar(Event event) {
    check_properties(event);
    if (!event.is_plain) {
      add(quoted(std::move(event)));
      return;
    }
    YamlNode node;
    if (!is_null_word(event.text)) node.text = event.text;
    if (!event.text.empty())
      node.place = std::move(event.place);
    else if (!stack_.empty() && stack_.back().is_key_known)
      node.place = stack_.back().key_place;
    else
      node.place = place_before(event);
    add(std::move(node));
  }

  // Where the last word before `event` ends: the place of something left out.
  Place place_before(const Event& event) const {
    const std::string_view text = std::string_view(source_->text).substr(0, event.begin);
    const std::size_t last = text.find_last_not_of(" \t\r\n");
    if (last == std::string_view::npos) return event.place;
    const std::size_t line_begin = text.rfind('\n', last) + 1;  // npos + 1 is 0
    const auto line_ends = std::count(text.begin() + static_cast<std::ptrdiff_t>(last), text.end(), '\n');
    return {source_, event.place.line - static_cast<int>(line_ends), static_cast<int>(last - line_begin) + 1, 1};
  }

  void report(Place place, std::string message, std::string note) {
    diagnostics_.push_back({Severity::error, std::move(place), std::move(message), std::move(note)});
    if (diagnostics_.size() >= mistakes_max) give_up();
  }

  void stop(Place place, std::string message, std::string note) {
    report(std::move(place), std::move(message), std::move(note));
    give_up();
  }

  void give_up() {
    is_stopped_ = true;
    root_.reset();
  }

  void check_properties(const Event& event) {
    if (event.has_tag)
      report(event.place, "a tag is not used here", "write the plain value; quote a text that begins with '!'");
    if (event.has_anchor)
      report(event.place, "an anchor is not used here", "write the value out; quote a text that begins with '&'");
  }

  void open(YamlNode::Kind kind, Event event) {
    check_properties(event);
    if (stack_.size() >= yaml_depth_max) {
      stop(std::move(event.place), "maps and lists nest deeper than " + std::to_string(yaml_depth_max) + " levels", "");
      return;
    }
    Open opened;
    opened.node.kind = kind;
    opened.node.place = std::move(event.place);
    stack_.push_back(std::move(opened));
  }

  void close() {
    YamlNode node = std::move(stack_.back().node);
    stack_.pop_back();
    add(std::move(node));
  }

  void add(YamlNode node) {
    if (++node_count_ > yaml_node_count_max) {
      stop(std::move(node.place), "more than " + std::to_string(yaml_node_count_max) + " values in one file",
           "split the file");
      return;
    }
    if (stack_.empty()) {
      if (!is_stopped_) root_ = std::move(node);
      return;
    }
    Open& parent = stack_.back();
    if (parent.node.is_list()) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.is_key_known) {
      take_key(parent, std::move(node));
    } else {
      if (!parent.is_key_ignored)
        parent.node.members.push_back({std::move(parent.key), std::move(parent.key_place), std::move(node)});
      parent.is_key_known = parent.is_key_ignored = false;
    }
  }

  void take_key(Open& map, YamlNode key) {
    map.is_key_known = true;
    map.is_key_ignored = !is_key_good(map, key);
    map.key = std::move(key.text);
    map.key_place = std::move(key.place);
    if (!map.is_key_ignored && map.node.members.size() >= linear_search_max) {
      if (map.index.empty())
        for (std::size_t i = 0; i < map.node.members.size(); ++i) map.index.emplace(map.node.members[i].key, i);
      map.index.emplace(map.key, map.node.members.size());
    }
  }

  bool is_key_good(const Open& map, const YamlNode& key) {
    if (!key.is_scalar()) {
      report(key.place, "a key must be a plain word, got a " + std::string(key.is_map() ? "map" : "list"), "");
      return false;
    }
    if (!key.is_quoted && key.text == "<<") {
      report(key.place, "a merge key is not used here", "write the members out");
      return false;
    }
    if (!key.is_quoted && is_null_word(key.text)) {
      report(key.place, "a key is missing before ':'", "");
      return false;
    }
    if (const Place* first = find_key(map, key.text)) {
      report(key.place, "duplicate key '" + shorten(key.text, 80) + "'",
             "the first stands in line " + std::to_string(first->line));
      return false;
    }
    return true;
  }

  static const Place* find_key(const Open& map, const std::string& key) {
    const auto& members = map.node.members;
    if (members.size() > linear_search_max) {
      const auto found = map.index.find(key);
      return found == map.index.end() ? nullptr : &members[found->second].key_place;
    }
    const auto found = std::find_if(members.begin(), members.end(), [&](const auto& m) { return m.key == key; });
    return found == members.end() ? nullptr : &found->key_place;
  }

  const std::shared_ptr<const Source>& source_;
  std::vector<Diagnostic>& diagnostics_;
  std::vector<Open> stack_;
  std::optional<YamlNode> root_;
  std::size_t node_count_ = 0;
  int document_count_ = 0;
  bool is_stopped_ = false;
};

}  // namespace

bool is_null_word(std::string_view text) {
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

std::optional<YamlNode> read_tree(const std::shared_ptr<const Source>& source, std::vector<Diagnostic>& diagnostics) {
  TreeBuilder builder(source, diagnostics);
  Events events(source);
  for (;;) {
    auto event = events.next();
    if (!event) {
      diagnostics.push_back(events.mistake());
      return std::nullopt;
    }
    if (!builder.take(*std::move(event))) return builder.take_root();
  }
}

}  // namespace bb::yaml
