// L01: every reference means something that will be there.
// L09: secrets are not shown.
#include <algorithm>

#include <fmt/format.h>

#include <bb/core/text.hpp>
#include "harness/suite/form.hpp"
#include "harness/suite/lint_context.hpp"
#include "harness/suite/references.hpp"

namespace bb::suite {
namespace {

const Words run_facts = {"id", "started", "seed", "state"};
const Words target_facts = {"id", "title", "version", "environment", "clock", "profile", "roles", "people"};

bool is_among(std::string_view word, Words words) { return std::find(words.begin(), words.end(), word) != words.end(); }

enum class Shown { yes, no };  // whether people or reports see the text

class ReferenceLinter {
 public:
  explicit ReferenceLinter(LintContext& context) : context_(context) {
    for (const auto& test : context.suite.tests)
      for (const auto& step : test.steps)
        for (const auto& save : step.save) saved_[test.path].push_back({save.name, &step});
  }

  void run() {
    const auto& tests = context_.suite.tests;
    for (index_ = 0; index_ < tests.size(); ++index_) {
      test_ = &tests[index_];
      step_ = 0;
      if (!test_->node) continue;
      refuse_in(*test_->node, {"about", "hint", "tags", "verifies", "needs", "locks"});
      if (const auto* title = test_->node->find("title")) check_all(*title, Shown::yes);
      if (const auto* each = test_->node->find("each")) check_each(*each);
      for (step_ = 0; step_ < test_->steps.size(); ++step_) check_step(test_->steps[step_]);
      for (const auto& step : test_->cleanup) check_step(step);
      for (const auto& fault : test_->catches)
        for (const auto* key : {"drop", "set", "dup", "to"})
          if (const auto* part = fault.node ? fault.node->find(key) : nullptr) check_all(*part, Shown::no);
    }
  }

 private:
  struct Saved {
    std::string name;
    const Step* step;
  };

  void refuse_in(const YamlNode& map, Words keys) {
    for (const auto& member : map.members)
      if (is_among(member.key, keys) && member.value.is_scalar() && !find_references(member.value.text).empty())
        context_.error("L01", member.value.place, fmt::format("references are not replaced in '{}'", member.key),
                       "write the text out");
  }

  void check_each(const YamlNode& each) {
    for (const auto& member : each.members) check_all(member.value, Shown::no);
  }

  void check_step(const Step& step) {
    if (!step.node) return;
    for (const auto& member : step.node->members) {
      if (member.key == "as" || member.key == "with")
        check_all(member.value, Shown::no);
      else if (member.key == "tell" || member.key == "attest")
        check_all(member.value, Shown::yes);
      else if (member.key == "require" || member.key == "expect" || member.key == "check")
        for (const auto& claim : member.value.items) check_claim(claim);
      else if (member.key == "save")
        for (const auto& save : member.value.members) check_all(save.value, Shown::no);
    }
  }

  void check_claim(const YamlNode& claim) {
    refuse_in(claim, {"hint", "verifies", "level"});
    for (const auto& member : claim.members) {
      // Of a missing '$' where nothing but a reference may stand the reader tells.
      const bool is_told =
          is_among(member.key, {"of", "value"}) && member.value.is_scalar() && !member.value.text.starts_with('$');
      if (!is_told && !is_among(member.key, {"hint", "verifies", "level"})) check_all(member.value, Shown::yes);
    }
  }

  void check_all(const YamlNode& node, Shown shown) {
    if (node.is_scalar()) {
      if (node.text.find('$') == std::string::npos) return check_missing_sign(node);
      for (const auto& reference : find_references(node.text)) check(reference, node, shown);
    }
    for (const auto& item : node.items) check_all(item, shown);
    for (const auto& member : node.members) check_all(member.value, shown);
  }

  // "run.started" where "$run.started" is there.
  void check_missing_sign(const YamlNode& node) {
    if (!node.is_scalar() || node.text.find('.') == std::string::npos) return;
    const auto names = parse_reference_names(node.text);
    if (!names || names->size() < 2 || !is_known(*names)) return;
    context_.warn("L01", node.place, fmt::format("'{}' is a text here, and also the name of a value", node.text),
                  fmt::format("did you mean '${}'?", node.text));
  }

  bool is_known(const std::vector<ReferenceName>& names) {
    const std::string& head = names[0].name;
    const std::string& next = names[1].name;
    if (head == "run") return is_among(next, run_facts);
    if (head == "target") return is_among(next, target_facts);
    if (head == "options") return context_.suite.find_option(next) != nullptr;
    if (const Input* input = context_.suite.find_input(head)) return input->type == "person";
    if (context_.suite.find_role(head)) return next == "address";
    const auto saved = saved_.find(head);
    return saved != saved_.end() &&
           std::any_of(saved->second.begin(), saved->second.end(), [&](const Saved& one) { return one.name == next; });
  }

  // Where a line of a source begins.
  std::size_t begin_of(const Place& place) {
    if (place.source.get() != indexed_) {
      indexed_ = place.source.get();
      line_begins_ = {0};
      for (auto end = indexed_->text.find('\n'); end != std::string::npos; end = indexed_->text.find('\n', end + 1))
        line_begins_.push_back(end + 1);
    }
    return line_begins_[static_cast<std::size_t>(place.line) - 1];
  }

  // The stretch of the scalar's token that holds the reference.
  Place place_of(const FoundReference& reference, const YamlNode& node) {
    Place place = node.place;
    const auto token = std::string_view(place.source->text)
                           .substr(begin_of(place) + static_cast<std::size_t>(place.column) - 1,
                                   static_cast<std::size_t>(place.length));
    const std::string written = reference.is_whole ? "$" + reference.text : "${" + reference.text;
    const auto at = token.find(written);
    if (at == std::string::npos) return place;
    place.column += static_cast<int>(at);
    place.length = static_cast<int>(std::min(written.size() + (reference.is_whole ? 0 : 1), token.size() - at));
    return place;
  }

  void fail(const FoundReference& reference, const YamlNode& node, const std::string& message,
            const std::string& note = "") {
    context_.error("L01", place_of(reference, node), message, note);
  }
  void fail(const FoundReference& reference, const YamlNode& node, const std::string& message,
            const LintContext::Note& note) {
    context_.error("L01", place_of(reference, node), message, note);
  }

  void check(const FoundReference& reference, const YamlNode& node, Shown shown) {
    if (reference.names.empty()) {
      fail(reference, node, fmt::format("'{}' is not a reference", shorten(reference.text, 60)),
           reference.is_whole ? "a text that begins with '$' is one whole reference; inside a text write ${name.path}"
                              : "write ${name.path}");
      return;
    }
    const std::string& head = reference.names[0].name;
    if (head == "run")
      check_fact(reference, node, run_facts, "run");
    else if (head == "target")
      check_fact(reference, node, target_facts, "target");
    else if (head == "options")
      check_option(reference, node);
    else if (head == "each")
      check_each_key(reference, node);
    else if (const Input* input = context_.suite.find_input(head))
      check_input(reference, node, *input, shown);
    else if (const std::size_t test = find_test(reference); test != TestGraph::none)
      check_saved(reference, node, test);
    else if (const Role* role = context_.suite.find_role(head))
      check_role(reference, node, *role);
    else if (context_.is_read("inputs") && context_.is_read("roles") && context_.is_read("tests"))
      fail(reference, node, fmt::format("nothing here is called '{}'", head),
           [&] { return suggest(head, known_heads(), "names"); });
  }

  std::vector<std::string> known_heads() const {
    std::vector<std::string> out;
    for (const auto& input : context_.suite.inputs) out.push_back(input.name);
    for (const auto& role : context_.suite.roles)
      if (needs_capability(role, "inbox") || wants_capability(role, "inbox")) out.push_back(role.name);
    for (const auto& test : context_.suite.tests)
      if (saved_.contains(test.path)) out.push_back(test.path);
    out.insert(out.end(), {"each", "options", "run", "target"});
    return out;
  }

  void check_fact(const FoundReference& reference, const YamlNode& node, Words facts, std::string_view of) {
    const std::string fact = reference.names.size() > 1 ? reference.names[1].name : "";
    if (is_among(fact, facts)) return;
    if (of == "run" && fact == "callback")
      fail(reference, node, "'$run.callback' is not available yet in this version");
    else
      fail(reference, node, fmt::format("the {} has no '{}'", of, fact),
           suggest(fact, {facts.begin(), facts.end()}, "facts"));
  }

  void check_option(const FoundReference& reference, const YamlNode& node) {
    const std::string name = reference.names.size() > 1 ? reference.names[1].name : "";
    if (context_.suite.find_option(name)) {
      context_.used.insert("option " + name);
      return;
    }
    if (!context_.is_read("options")) return;
    fail(reference, node, fmt::format("the suite has no option '{}'", name),
         [&] { return suggest(name, names_of(context_.suite.options), "options"); });
  }

  void check_each_key(const FoundReference& reference, const YamlNode& node) {
    const std::string name = reference.names.size() > 1 ? reference.names[1].name : "";
    std::vector<std::string> known;
    for (const auto& [key, values] : test_->each) known.push_back(key);
    if (std::find(known.begin(), known.end(), name) != known.end()) {
      context_.used.insert("each " + test_->path + " " + name);
      return;
    }
    if (!test_->are_instances_known) return;
    fail(reference, node, fmt::format("'each' of test '{}' has no '{}'", test_->path, name),
         suggest(name, known, "keys"));
  }

  void check_input(const FoundReference& reference, const YamlNode& node, const Input& input, Shown shown) {
    context_.used.insert("input " + input.name);
    if (input.type == "secret") {
      if (shown == Shown::yes)
        context_.error("L09", place_of(reference, node), fmt::format("secret '{}' would be shown", input.name),
                       "secrets may stand in 'with' only");
      return;
    }
    if (input.type == "person") {
      if (reference.names.size() > 1 && is_among(reference.names[1].name, {"secrets", "password"}))
        context_.error("L09", place_of(reference, node),
                       fmt::format("secrets of person '{}' cannot be read", input.name), "sign in with 'as'");
      return;
    }
    if (reference.names.size() > 1 && input.is_whole)
      fail(reference, node,
           fmt::format("input '{}' is a {}, it has no '{}'", input.name, input.type, reference.names[1].name));
  }

  void check_role(const FoundReference& reference, const YamlNode& node, const Role& role) {
    context_.used.insert("role " + role.name);
    if (!role.is_whole) return;
    const std::string fact = reference.names.size() > 1 ? reference.names[1].name : "";
    if (!needs_capability(role, "inbox") && !wants_capability(role, "inbox"))
      fail(reference, node, fmt::format("role '{}' has no '{}': it does not need 'inbox'", role.name, fact),
           "name a role that has an inbox, or add 'inbox' to its needs");
    else if (fact != "address" || reference.names.size() != 2)
      fail(reference, node, fmt::format("role '{}' has no '{}'", role.name, fact),
           fmt::format("write ${}.address", role.name));
  }

  // The longest run of names that is a test's path.
  std::size_t find_test(const FoundReference& reference) {
    std::string path;
    std::size_t found = TestGraph::none;
    name_count_ = 0;
    for (std::size_t i = 0; i < reference.names.size(); ++i) {
      path += (i == 0 ? "" : ".") + reference.names[i].name;
      if (const std::size_t test = context_.graph.find(path);
          test != TestGraph::none && context_.suite.tests[test].path == path) {
        found = test;
        name_count_ = i + 1;
      }
    }
    return found;
  }

  void check_saved(const FoundReference& reference, const YamlNode& node, std::size_t index) {
    const Test& test = context_.suite.tests[index];
    if (!check_instance(reference, node, test)) return;
    if (reference.names.size() == name_count_) {
      fail(reference, node, fmt::format("'{}' is a test, expected what it saved", test.path),
           [&] { return suggest("", saved_names(test), "saved there"); });
      return;
    }
    const std::string& name = reference.names[name_count_].name;
    const auto& saved = saved_[test.path];
    const auto found = std::find_if(saved.begin(), saved.end(), [&](const auto& s) { return s.name == name; });
    if (found == saved.end()) {
      if (may_save(test, name)) return;
      fail(reference, node, fmt::format("test '{}' saves no '{}'", test.path, name),
           [&] { return suggest(name, saved_names(test), "saved there"); });
      return;
    }
    context_.used.insert(fmt::format("saved {}.{}", test.path, name));
    if (index == index_) {
      const auto saver = static_cast<std::size_t>(found->step - test.steps.data());
      // A step's claims are judged before its saves.
      if (saver >= step_)
        fail(reference, node,
             fmt::format("'{}' is not there yet: step '{}' saves it at its end", name, found->step->id),
             "judge it in a 'check' step after that one");
    } else if (!context_.graph.reaches(index_, index) && context_.are_needs_known(index_)) {
      fail(reference, node, fmt::format("test '{}' does not need '{}'", test_->path, test.path),
           fmt::format("add '{}' to its needs", test.path));
    }
  }

  // Whether a test with mistakes of shape saves this, by what else stands there.
  static bool may_save(const Test& test, const std::string& name) {
    if (!test.is_whole && test.steps.empty()) return true;
    return !test.is_whole && std::any_of(test.steps.begin(), test.steps.end(), [&](const Step& step) {
      if (step.is_whole) return false;
      const bool is_step = step.node && step.node->is_map();
      return !is_step || std::any_of(step.node->members.begin(), step.node->members.end(), [&](const auto& member) {
        return member.value.find(name) != nullptr || (member.key == "save" && !member.value.is_map());
      });
    });
  }

  std::vector<std::string> saved_names(const Test& test) {
    std::vector<std::string> out;
    for (const auto& saved : saved_[test.path]) out.push_back(saved.name);
    return out;
  }

  bool check_instance(const FoundReference& reference, const YamlNode& node, const Test& test) {
    if (!test.are_instances_known || !test_->are_instances_known) return true;
    const auto& instance = reference.names[name_count_ - 1].instance;
    const auto labels = instance_labels(test);
    if (!instance) {
      if (test.each.empty() || &test == test_ || is_paired(test)) return true;
      fail(reference, node, fmt::format("test '{}' has several instances, which one?", test.path),
           labels.empty() ? fmt::format("write ${}[instance]", test.path) : suggest("", labels, "instances"));
      return false;
    }
    if (test.each.empty()) {
      fail(reference, node, fmt::format("test '{}' has no instances", test.path), fmt::format("write ${}", test.path));
      return false;
    }
    if (has_open_instances(test) || std::find(labels.begin(), labels.end(), *instance) != labels.end()) return true;
    fail(reference, node, fmt::format("test '{}' has no instance '{}'", test.path, shorten(*instance, 60)),
         suggest(*instance, labels, "instances"));
    return false;
  }

  // Instances that share a value of `each` go in pairs.
  bool is_paired(const Test& other) const {
    return std::any_of(other.each.begin(), other.each.end(), [&](const auto& theirs) {
      return std::any_of(test_->each.begin(), test_->each.end(),
                         [&](const auto& ours) { return ours.first == theirs.first; });
    });
  }

  LintContext& context_;
  std::map<std::string, std::vector<Saved>> saved_;
  std::size_t index_ = 0;
  const Test* test_ = nullptr;
  std::size_t step_ = 0;
  std::size_t name_count_ = 0;
  const Source* indexed_ = nullptr;
  std::vector<std::size_t> line_begins_;  // of `indexed_`
};

}  // namespace

void lint_references(LintContext& context) { ReferenceLinter(context).run(); }

}  // namespace bb::suite
