#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include "harness/suite/catalogue_form.hpp"
#include "harness/suite/csv.hpp"
#include "harness/suite/form.hpp"
#include "harness/suite/reader.hpp"

namespace bb::suite {
namespace {

constexpr std::string_view format = "bluebridge-catalogue/1";
const Words requirement_keys = {"level", "text",  "at",  "source",  "status",   "applies",   "from",
                                "until", "check", "how", "edition", "rests_on", "judged_by", "untested"};
const Words columns = {"id",    "level", "text", "at",      "source",   "status",    "applies", "from",
                       "until", "check", "how",  "edition", "rests_on", "judged_by", "untested"};
// Columns of the user's own, and those that `suite coverage` adds.
constexpr std::string_view own_column = "x-";

void take_date(Form& form, const YamlNode& map, std::string_view key, std::string& into) {
  form.take(map, key, into);
  if (into.empty() || (into.size() == 10 && parse_time(into))) return;
  form.error(map.find(key)->place, fmt::format("'{}' takes a date, got '{}'", key, shorten(into, 40)),
             "for example \"2026-11-21\"");
}

// Ids; a cell of a table has them with blanks between.
void take_rests_on(Form& form, const YamlNode& node, Requirement& into) {
  const auto* written = node.find("rests_on");
  if (written == nullptr) return;
  for (const auto& text : form.texts(*written, "'rests_on'"))
    for (const auto& id : split(text, ' ')) {
      if (id.empty()) continue;
      if (!is_requirement_id(id))
        form.error(written->place, fmt::format("'rests_on' takes ids of requirements, got '{}'", shorten(id, 60)));
      else if (id == into.id)
        form.error(written->place, fmt::format("requirement '{}' rests on itself", id));
      else
        into.rests_on.emplace_back(id);
    }
}

// A requirement whose keys were checked already.
Requirement read_requirement(Form& form, std::string id, const Place& place, const YamlNode& node) {
  Requirement out;
  out.node = &node;
  out.place = place;
  out.id = std::move(id);
  const std::string what = fmt::format("requirement '{}'", out.id);
  if (!is_requirement_id(out.id))
    form.error(place, fmt::format("'{}' cannot name a requirement", shorten(out.id, 60)),
               "letters, digits, '-', '_' and '.', for example DIRECT-MDN-03");
  if (!node.find("level")) form.error(place, what + " lacks 'level'", "SHALL, SHALL NOT, SHOULD, SHOULD NOT or MAY");
  form.take_word(node, "level", {"SHALL", "SHALL NOT", "SHOULD", "SHOULD NOT", "MAY"}, out.level_text);
  out.level = evidence::level_from(out.level_text).value_or(Level::shall);
  if (!node.find("text")) form.error(place, what + " lacks 'text', the sentence itself");
  form.take(node, "text", out.text);
  form.take(node, "at", out.at);
  form.take(node, "source", out.source);
  form.take(node, "applies", out.applies);
  form.take(node, "how", out.how);
  form.take(node, "edition", out.edition);
  take_rests_on(form, node, out);
  form.take(node, "judged_by", out.judged_by);
  if (!out.judged_by.empty() && !out.judged_by.starts_with("bluebridge ") && !out.is_judged_by_own_tests())
    form.error(node.find("judged_by")->place,
               fmt::format("'judged_by' takes a command of this product or tests of its own, got '{}'",
                           shorten(out.judged_by, 60)),
               "for example \"bluebridge check\", or \"tests/FILE: NAME, NAME\"");
  form.take(node, "untested", out.untested);
  form.take_word(node, "status", {"in-force", "historic", "proposed", "house"}, out.status);
  form.take_word(node, "check", {"test", "attest", "none"}, out.check);
  take_date(form, node, "from", out.from);
  take_date(form, node, "until", out.until);
  if (!out.from.empty() && !out.until.empty() && out.until <= out.from)
    form.error(node.find("until")->place, fmt::format("'until' {} is not after 'from' {}", out.until, out.from));
  return out;
}

void read_yaml_catalogue(const OpenedFile& opened, Form& form, Catalogue& into) {
  const YamlNode& root = *opened.tree;
  form.expect_map(root, "a catalogue", {"format", "catalogue", "title", "about", "spec", "requirements"});
  std::string id, about;
  form.take(root, "catalogue", id);
  form.take(root, "about", about);
  form.take(root, "title", into.title);
  if (const auto* spec = root.find("spec")) into.spec = read_spec(form, *spec);
  if (const auto* map = form.require(root, "requirements", "a catalogue")) read_requirement_map(form, *map, into);
}

void read_csv_catalogue(const std::shared_ptr<const Source>& source, Form& form, Catalogue& into) {
  CsvTable table = read_csv(source, form.diagnostics());
  YamlNode head;
  head.kind = YamlNode::Kind::map;
  for (const auto& column : table.columns) {
    if (head.find(column.key))
      form.error(column.key_place, fmt::format("duplicate column '{}'", shorten(column.key, 60)));
    head.members.push_back(column);
  }
  std::vector<std::string> known(columns.begin(), columns.end());
  for (const auto& column : table.columns)
    if (column.key.starts_with(own_column)) known.push_back(column.key);
  form.refuse_unknown_keys(head, "the first line", known);
  if (!head.find("id")) {
    form.error({source, 1, 1, 0}, "the first line lacks the column 'id'",
               fmt::format("columns: {}", join({columns.begin(), columns.end()}, ", ")));
    return;
  }
  auto tree = std::make_shared<YamlNode>();
  tree->kind = YamlNode::Kind::list;
  tree->items = std::move(table.records);
  std::unordered_map<std::string_view, int> first_lines;
  for (const auto& record : tree->items) {
    const YamlNode* id = record.find("id");
    if (!id) {
      form.error(record.place, "this record has no id");
      continue;
    }
    const auto [first, is_new] = first_lines.emplace(id->text, id->place.line);
    if (!is_new) {
      form.error(id->place, fmt::format("duplicate requirement '{}'", shorten(id->text, 60)),
                 fmt::format("the first stands in line {}", first->second));
      continue;
    }
    const std::size_t count_before = form.mistake_count();
    into.requirements.push_back(read_requirement(form, id->text, id->place, record));
    into.requirements.back().is_whole = form.mistake_count() == count_before;
  }
  into.trees.push_back(std::move(tree));
}

}  // namespace

bool is_requirement_id(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  });
}

void read_requirement_map(Form& form, const YamlNode& map, Catalogue& into) {
  if (!form.expect_map(map, "'requirements'")) return;
  if (map.members.empty()) form.error(map.place, "'requirements' is empty, expected requirements by id");
  for (const auto& member : map.members) {
    const std::string what = fmt::format("requirement '{}'", shorten(member.key, 60));
    const std::size_t count_before = form.mistake_count();
    Requirement next;
    if (form.expect_map(member.value, what, requirement_keys)) {
      next = read_requirement(form, member.key, member.key_place, member.value);
    } else {
      next.id = member.key;
      next.place = member.key_place;
      next.node = &member.value;
    }
    next.is_whole = form.mistake_count() == count_before;
    into.requirements.push_back(std::move(next));
  }
}

std::vector<std::pair<std::string, std::string>> read_spec(Form& form, const YamlNode& node) {
  std::vector<std::pair<std::string, std::string>> out;
  if (!form.expect_map(node, "'spec'")) return out;
  for (const auto& member : node.members) {
    form.expect_id(member, "a specification");
    const auto url = form.text(member.value, fmt::format("'{}'", member.key));
    if (!url) continue;
    if (!url->starts_with("https://") && !url->starts_with("http://"))
      form.error(member.value.place, fmt::format("'{}' takes a URL, got '{}'", member.key, shorten(*url, 80)),
                 "it begins with https://");
    out.emplace_back(member.key, *url);
  }
  return out;
}

Loaded<Catalogue> read_catalogue(const std::filesystem::path& file) {
  Loaded<Catalogue> out;
  if (file.extension() == ".csv") {
    const auto source = open_source(file, out.diagnostics);
    if (!source) return out;
    Form form(out.diagnostics);
    out.value.emplace().file = file;
    read_csv_catalogue(source, form, *out.value);
    return out;
  }
  const auto opened = open_yaml_file(file, out.diagnostics);
  Form form(out.diagnostics);
  if (!opened || !form.expect_format(*opened->tree, format, opened->beginning())) return out;
  out.value.emplace().file = file;
  read_yaml_catalogue(*opened, form, *out.value);
  out.value->trees.push_back(opened->tree);
  return out;
}

}  // namespace bb::suite
