#include <algorithm>
#include <set>

#include <fmt/format.h>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include "harness/suite/catalogue_form.hpp"
#include "harness/suite/form.hpp"
#include "harness/suite/reader.hpp"
#include "harness/suite/step_reader.hpp"

namespace bb::suite {
namespace {

constexpr std::string_view format = "bluebridge-suite/1";
const Words suite_keys = {"format",       "suite",  "version", "title", "about",    "spec",
                          "requirements", "inputs", "options", "roles", "defaults", "tests"};
const Words group_keys = {"title", "about", "hint", "tags", "verifies", "needs", "when", "locks", "timeout", "tests"};
const Words test_keys = {"title", "about", "hint",    "tags",  "verifies", "needs",  "when",
                         "each",  "locks", "timeout", "steps", "cleanup",  "catches"};

// What a group hands down to its tests.
struct Inherited {
  std::string path;  // with a '.' at its end, or empty
  std::vector<std::string> groups;
  std::string hint;
  std::vector<std::string> tags, verifies, locks;
  std::vector<std::pair<std::string, Place>> needs;
  std::vector<When> when;
  std::optional<std::int64_t> timeout_ms;
  bool has_unknown_keys = false;
  bool are_needs_known = true;
};

class SuiteReader {
 public:
  SuiteReader(Suite& suite, Form& form) : suite_(suite), form_(form) {}

  void read(const YamlNode& root) {
    form_.expect_map(root, "a suite", suite_keys);
    note_unread_sections(root);
    read_head(root);
    if (const auto* node = root.find("requirements")) read_requirements(*node);
    if (const auto* node = root.find("inputs")) read_inputs(*node);
    if (const auto* node = root.find("options")) read_options(*node);
    if (const auto* node = root.find("roles")) read_roles(*node);
    if (const auto* node = root.find("defaults"); node && form_.expect_map(*node, "'defaults'", {"timeout", "retry"})) {
      form_.take_duration(*node, "timeout", suite_.default_timeout_ms);
      if (const auto* retry = node->find("retry")) suite_.default_retry = read_retry(form_, *retry);
    }
    if (const auto* node = form_.require(root, "tests", "a suite")) {
      collect_paths(*node, "");
      read_tests(*node, {});
    }
    suite_.is_whole = form_.mistake_count() == 0;
  }

 private:
  // A section that is missing may be what an unknown key stands for.
  void note_unread_sections(const YamlNode& root) {
    const bool has_unknown_keys = form_.mistake_count() > 0;
    for (const std::string_view key : {"requirements", "inputs", "options", "roles", "tests"}) {
      const YamlNode* node = root.find(key);
      if (node ? !node->is_map() && key != "requirements" : has_unknown_keys) suite_.unread.emplace(key);
    }
  }

  // Whether nothing was wrong since there were so many mistakes.
  bool is_good_since(std::size_t count_before) const { return form_.mistake_count() == count_before; }

  void read_head(const YamlNode& root) {
    if (const auto* node = form_.require(root, "suite", "a suite"))
      if (const auto id = form_.text(*node, "'suite'")) {
        if (!is_dotted_id(*id))
          form_.error(node->place, fmt::format("'suite' takes ids joined by '.', got '{}'", shorten(*id, 80)),
                      "for example pledge.data_holder");
        suite_.id = *id;
      }
    if (const auto* node = form_.require(root, "version", "a suite"))
      if (const auto version = form_.text(*node, "'version'")) {
        if (!is_version(*version))
          form_.error(node->place, fmt::format("'version' takes three numbers, got '{}'", shorten(*version, 80)),
                      "for example \"1.0.0\"");
        suite_.version = *version;
      }
    form_.take(root, "title", suite_.title);
    form_.take(root, "about", suite_.about);
    if (const auto* node = root.find("spec")) suite_.spec = read_spec(form_, *node);
  }

  static bool is_version(std::string_view text) {
    const auto parts = split(text.substr(0, text.find_first_of("-+")), '.');
    return parts.size() == 3 && std::all_of(parts.begin(), parts.end(), [](const auto& part) {
             return !part.empty() && part.find_first_not_of("0123456789") == std::string::npos;
           });
  }

  void read_requirements(const YamlNode& node) {
    if (node.is_map()) {
      suite_.catalogue.file = suite_.file;
      read_requirement_map(form_, node, suite_.catalogue);
      return;
    }
    std::vector<const YamlNode*> files;
    if (node.is_list())
      for (const auto& item : node.items) files.push_back(&item);
    else
      files.push_back(&node);
    if (files.empty()) form_.error(node.place, "'requirements' is an empty list", "leave it out");
    for (const auto* file : files)
      if (!read_catalogue_file(*file)) suite_.unread.emplace("requirements");
  }

  // A file, or {file, rows}: those of its rows that the suite is about.
  bool read_catalogue_file(const YamlNode& node) {
    std::vector<std::string> rows;
    std::string file;
    if (node.is_map()) {
      form_.expect_map(node, "an entry of 'requirements'", {"file", "rows"});
      form_.take(node, "file", file);
      form_.take(node, "rows", rows);
      for (const std::string_view key : {"file", "rows"})
        if (form_.require(node, key, "an entry of 'requirements'") == nullptr) return false;
    }
    const auto name = node.is_map() ? std::optional(file) : form_.text(node, "'requirements'");
    if (!name || name->empty()) return false;
    const auto path = (suite_.file.parent_path() / *name).lexically_normal();
    std::error_code problem;
    if (!std::filesystem::is_regular_file(path, problem)) {
      if (std::filesystem::is_directory(path, problem))
        form_.error(node.place, fmt::format("requirements file '{}' is a folder", *name),
                    "name a catalogue in it, a file ending in .yaml or .csv");
      else
        form_.error(node.place, fmt::format("requirements file '{}' is not there", *name),
                    "the name is relative to the folder of the suite");
      return false;
    }
    auto loaded = bb::suite::read_catalogue(path);
    auto& all = form_.diagnostics();
    all.insert(all.end(), loaded.diagnostics.begin(), loaded.diagnostics.end());
    if (!loaded.value) return false;
    const bool is_read = loaded.is_good() || !loaded.value->requirements.empty();
    keep_rows(rows, *loaded.value, node);
    merge(std::move(*loaded.value), node);
    return is_read;
  }

  void keep_rows(const std::vector<std::string>& rows, Catalogue& of, const YamlNode& node) {
    if (rows.empty()) return;
    const auto is_of = [](const Requirement& requirement, const std::string& row) {
      return matches_glob(requirement.id, row);
    };
    auto& all = of.requirements;
    for (const auto& row : rows)
      if (std::none_of(all.begin(), all.end(), [&](const auto& one) { return is_of(one, row); }))
        form_.error(node.find("rows")->place,
                    fmt::format("no requirement of the file is called '{}'", shorten(row, 60)),
                    "rows are ids, with * for any characters");
    std::erase_if(all, [&](const auto& one) {
      return std::none_of(rows.begin(), rows.end(), [&](const auto& row) { return is_of(one, row); });
    });
  }

  void merge(Catalogue&& more, const YamlNode& node) {
    Catalogue& into = suite_.catalogue;
    if (into.file.empty()) {
      into.file = more.file;
      into.title = more.title;
    }
    for (auto& requirement : more.requirements) {
      if (into.find(requirement.id))
        form_.error(node.place, fmt::format("requirement '{}' stands in two catalogues", requirement.id));
      else
        into.requirements.push_back(std::move(requirement));
    }
    into.spec.insert(into.spec.end(), more.spec.begin(), more.spec.end());
    into.trees.insert(into.trees.end(), more.trees.begin(), more.trees.end());
  }

  void read_inputs(const YamlNode& node) {
    if (!form_.expect_map(node, "'inputs'")) return;
    for (const auto& member : node.members) {
      const std::size_t count_before = form_.mistake_count();
      form_.expect_id(member, "an input");
      form_.expect_map(member.value, fmt::format("input '{}'", member.key),
                       {"type", "title", "about", "default", "choices", "optional", "phi"});
      Input input;
      input.node = &member.value;
      input.place = member.key_place;
      input.name = member.key;
      form_.take_word(member.value, "type",
                      {"text", "url", "secret", "file", "number", "flag", "choice", "person", "mailbox"}, input.type);
      form_.take(member.value, "title", input.title);
      form_.take(member.value, "about", input.about);
      form_.take(member.value, "optional", input.is_optional);
      form_.take(member.value, "phi", input.is_phi);
      if (const auto* choices = member.value.find("choices")) input.choices = form_.scalars(*choices, "'choices'");
      if (input.type == "choice" && !member.value.find("choices"))
        form_.error(member.key_place, fmt::format("input '{}' of type choice lacks 'choices'", member.key));
      if (const auto* value = member.value.find("default")) read_input_default(*value, input);
      input.is_whole = is_good_since(count_before);
      suite_.inputs.push_back(std::move(input));
    }
  }

  void read_input_default(const YamlNode& node, Input& input) {
    const auto value = form_.scalar(node, "'default'");
    if (!value) return;
    const bool fits = input.type == "number"   ? value->is_number()
                      : input.type == "flag"   ? value->is_bool()
                      : input.type == "choice" ? true
                                               : value->is_string();
    if (input.type == "secret")
      form_.error(node.place, "a secret has no default", "secrets come from the target");
    else if (!fits)
      form_.error(node.place, fmt::format("'default' of a {} does not fit, got {}", input.type, describe(node)),
                  input.type == "number" ? "write a number, without quotes"
                  : input.type == "flag" ? "write true or false"
                                         : "put it in quotes to make it a text");
    else
      expect_choice(node, *value, input.choices);
    input.default_value = *value;
  }

  void expect_choice(const YamlNode& node, const Value& value, const std::vector<Value>& choices) {
    if (choices.empty() || std::find(choices.begin(), choices.end(), value) != choices.end()) return;
    std::vector<std::string> words;
    for (const auto& choice : choices) words.push_back(choice.is_string() ? *choice.string() : to_json(choice));
    form_.error(node.place, fmt::format("'default' is none of the choices, got {}", describe(node)),
                suggest(node.text, words, "choices"));
  }

  void read_options(const YamlNode& node) {
    if (!form_.expect_map(node, "'options'")) return;
    for (const auto& member : node.members) {
      const std::size_t count_before = form_.mistake_count();
      form_.expect_id(member, "an option");
      const std::string what = fmt::format("option '{}'", member.key);
      form_.expect_map(member.value, what, {"title", "choices", "default", "profile"});
      Option option;
      option.node = &member.value;
      option.place = member.key_place;
      option.name = member.key;
      form_.take(member.value, "title", option.title);
      form_.take(member.value, "profile", option.profile_fact);
      if (const auto* choices = member.value.find("choices"))
        option.choices = form_.scalars(*choices, "'choices'");
      else if (is_good_since(count_before))
        form_.error(member.key_place, what + " lacks 'choices'");
      if (const auto* value = member.value.find("default")) {
        if (auto chosen = form_.scalar(*value, "'default'")) {
          expect_choice(*value, *chosen, option.choices);
          option.default_value = std::move(*chosen);
        }
      }
      option.is_whole = is_good_since(count_before);
      suite_.options.push_back(std::move(option));
    }
  }

  void read_roles(const YamlNode& node) {
    if (!form_.expect_map(node, "'roles'")) return;
    for (const auto& member : node.members) {
      const std::size_t count_before = form_.mistake_count();
      form_.expect_id(member, "a role");
      const std::string what = fmt::format("role '{}'", member.key);
      form_.expect_map(member.value, what, {"needs", "wants", "title", "optional"});
      Role role;
      role.node = &member.value;
      role.place = member.key_place;
      role.name = member.key;
      form_.take(member.value, "title", role.title);
      form_.take(member.value, "needs", role.needs);
      form_.take(member.value, "wants", role.wants);
      form_.take(member.value, "optional", role.is_optional);
      if (!member.value.find("needs") && is_good_since(count_before))
        form_.error(member.key_place, what + " lacks 'needs', the capabilities it must have",
                    "for example [session, view]");
      role.is_whole = is_good_since(count_before);
      suite_.roles.push_back(std::move(role));
    }
  }

  // Paths of all tests and groups, so that `needs` can be resolved while
  // reading. Maps nest at most yaml_depth_max deep.
  void collect_paths(const YamlNode& tests, const std::string& prefix) {
    for (const auto& member : tests.members) {
      paths_.insert(prefix + member.key);
      if (const auto* inner = member.value.find("tests")) collect_paths(*inner, prefix + member.key + ".");
    }
  }

  // A name stands for what is nearest: in the same group, then outwards.
  std::string resolve(const std::string& name, std::string_view prefix) const {
    for (std::string scope(prefix);;) {
      if (paths_.contains(scope + name)) return scope + name;
      if (scope.empty()) return name;
      const auto dot = scope.rfind('.', scope.size() - 2);
      scope.resize(dot == std::string::npos ? 0 : dot + 1);
    }
  }

  void read_tests(const YamlNode& node, const Inherited& inherited) {
    if (!form_.expect_map(node, "'tests'") || node.members.empty()) {
      if (node.is_map()) form_.error(node.place, "'tests' is empty, expected tests");
      suite_.unread.emplace("tests");
      return;
    }
    for (const auto& member : node.members) {
      form_.expect_id(member, "a test");
      read_node(member, inherited);
    }
  }

  // What is both or neither is read as far as it goes.
  void read_node(const YamlMember& member, const Inherited& inherited) {
    const YamlNode& node = member.value;
    const std::string name = shorten(member.key, 60);
    const std::size_t count_before = form_.mistake_count();
    const bool has_tests = node.find("tests") != nullptr;
    const bool has_steps = node.find("steps") != nullptr;
    if (!form_.expect_map(node, fmt::format("test '{}'", name))) {
      read_test(member, inherited, count_before);
    } else if (has_tests && has_steps) {
      form_.error(member.key_place, fmt::format("'{}' has both 'tests' and 'steps'", name),
                  "a group has tests, a test has steps");
      read_test(member, inherited, count_before);
      Inherited own = inherited;
      own.groups.push_back(inherited.path + member.key);
      own.path = inherited.path + member.key + ".";
      own.has_unknown_keys = true;
      if (!node.find("tests")->members.empty()) read_tests(*node.find("tests"), own);
    } else if (has_tests) {
      read_group(member, inherited);
    } else {
      const auto is_meant = [](const YamlMember& one) { return nearest(one.key, {"steps", "tests"}).has_value(); };
      if (!has_steps && std::none_of(node.members.begin(), node.members.end(), is_meant))
        form_.error(member.key_place, fmt::format("'{}' has neither 'steps' nor 'tests'", name),
                    "a test has steps, a group has tests");
      read_test(member, inherited, count_before);
    }
  }

  // What groups and tests share, added to what came from above.
  Inherited read_common(const YamlNode& node, const Inherited& inherited, bool has_unknown_keys) {
    Inherited own = inherited;
    own.has_unknown_keys = own.has_unknown_keys || has_unknown_keys;
    form_.take(node, "hint", own.hint);
    add_texts(node, "tags", own.tags);
    add_texts(node, "verifies", own.verifies);
    add_texts(node, "locks", own.locks);
    form_.take_duration(node, "timeout", own.timeout_ms);
    if (const auto* when = node.find("when")) own.when.push_back(read_when(*when));
    const std::size_t count_before = form_.mistake_count();
    if (const auto* needs = node.find("needs"))
      add_needs(*needs, own);
    else
      own.are_needs_known = own.are_needs_known && !own.has_unknown_keys;
    own.are_needs_known = own.are_needs_known && is_good_since(count_before);
    return own;
  }

  void add_texts(const YamlNode& node, std::string_view key, std::vector<std::string>& into) {
    std::vector<std::string> own;
    form_.take(node, key, own);
    for (auto& text : own)
      if (std::find(into.begin(), into.end(), text) == into.end()) into.push_back(std::move(text));
  }

  void add_needs(const YamlNode& node, Inherited& own) {
    if (!node.is_list()) {
      if (const auto name = form_.text(node, "'needs'")) own.needs.emplace_back(resolve(*name, own.path), node.place);
      return;
    }
    if (node.items.empty()) form_.error(node.place, "'needs' is an empty list", "leave it out");
    for (const auto& item : node.items)
      if (const auto name = form_.text(item, "'needs'")) own.needs.emplace_back(resolve(*name, own.path), item.place);
  }

  When read_when(const YamlNode& node) {
    When when;
    when.node = &node;
    when.place = node.place;
    if (!form_.expect_map(node, "'when'")) return when;
    if (node.members.empty()) form_.error(node.place, "'when' is empty, expected an option or 'supports'");
    for (const auto& member : node.members) {
      if (member.key == "supports")
        when.supports = form_.texts(member.value, "'supports'");
      else if (member.value.is_list())
        when.options.emplace_back(member.key, form_.scalars(member.value, fmt::format("'{}'", member.key)));
      else if (auto value = form_.scalar(member.value, fmt::format("'{}'", member.key)))
        when.options.emplace_back(member.key, std::vector<Value>{std::move(*value)});
    }
    return when;
  }

  void read_group(const YamlMember& member, const Inherited& inherited) {
    const YamlNode& node = member.value;
    for (const std::string_view key : {"each", "cleanup", "catches"})
      if (const auto found =
              std::find_if(node.members.begin(), node.members.end(), [&](const auto& m) { return m.key == key; });
          found != node.members.end())
        form_.error(found->key_place, fmt::format("'{}' belongs to a test, '{}' is a group", key, member.key));
    std::vector<std::string> keys(group_keys.begin(), group_keys.end());
    keys.insert(keys.end(), {"each", "cleanup", "catches"});
    const std::size_t count_before = form_.mistake_count();
    form_.refuse_unknown_keys(node, "a group", keys);
    const bool has_unknown_keys = !is_good_since(count_before);
    std::string unused;
    form_.take(node, "title", unused);
    form_.take(node, "about", unused);
    Inherited own = read_common(node, inherited, has_unknown_keys);
    own.groups.push_back(inherited.path + member.key);
    own.path = inherited.path + member.key + ".";
    read_tests(*node.find("tests"), own);
  }

  void read_test(const YamlMember& member, const Inherited& inherited, std::size_t count_before) {
    const YamlNode& node = member.value;
    const std::size_t count_before_keys = form_.mistake_count();
    if (node.is_map()) form_.expect_map(node, "a test", test_keys, {"tests"});
    Inherited own = read_common(node, inherited, !node.is_map() || !is_good_since(count_before_keys));
    Test test;
    test.node = &node;
    test.place = member.key_place;
    test.path = inherited.path + member.key;
    test.groups = inherited.groups;
    test.hint = std::move(own.hint);
    test.tags = std::move(own.tags);
    test.verifies = std::move(own.verifies);
    test.locks = std::move(own.locks);
    test.needs = std::move(own.needs);
    test.when = std::move(own.when);
    test.timeout_ms = own.timeout_ms;
    form_.take(node, "title", test.title);
    form_.take(node, "about", test.about);
    test.has_unknown_keys = own.has_unknown_keys;
    test.are_needs_known = own.are_needs_known;
    const std::size_t count_before_each = form_.mistake_count();
    if (const auto* each = node.find("each")) read_each(*each, test);
    test.are_instances_known =
        is_good_since(count_before_each) && (node.find("each") != nullptr || !own.has_unknown_keys);
    if (const auto* steps = node.find("steps")) test.steps = read_steps(form_, *steps, "steps");
    if (const auto* cleanup = node.find("cleanup")) test.cleanup = read_steps(form_, *cleanup, "cleanup");
    if (const auto* catches = node.find("catches")) test.catches = read_faults(form_, *catches);
    test.is_whole = is_good_since(count_before);
    suite_.tests.push_back(std::move(test));
  }

  void read_each(const YamlNode& node, Test& test) {
    if (!form_.expect_map(node, "'each'")) return;
    if (node.members.empty()) form_.error(node.place, "'each' is empty, expected 'name: [value, value]'");
    for (const auto& member : node.members) {
      form_.expect_id(member, "a key of 'each'");
      if (member.value.is_scalar() && member.value.text.starts_with('$')) {
        test.each.emplace_back(member.key, Value(member.value.text));
        continue;
      }
      auto values = form_.scalars(member.value, fmt::format("'{}'", member.key));
      if (!values.empty()) test.each.emplace_back(member.key, Value(std::move(values)));
    }
  }

  Suite& suite_;
  Form& form_;
  std::set<std::string, std::less<>> paths_;
};

}  // namespace

Loaded<Suite> read_suite(const std::filesystem::path& file) {
  Loaded<Suite> out;
  auto opened = open_yaml_file(file, out.diagnostics);
  if (!opened) return out;
  Form form(out.diagnostics);
  if (!form.expect_format(*opened->tree, format, opened->beginning())) return out;
  Suite& suite = out.value.emplace();
  suite.source = opened->source;
  suite.tree = opened->tree;
  suite.file = file;
  SuiteReader(suite, form).read(*suite.tree);
  return out;
}

}  // namespace bb::suite
