// harness/suite/form.hpp - how the readers read: closed maps, typed fields.
//
// Every function reports what is wrong at its place and goes on, so that all
// mistakes of a file come back at once. Used by the readers of this folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <bb/core/diagnostic.hpp>
#include <bb/core/value.hpp>
#include <bb/core/yaml.hpp>

namespace bb::suite {

using Words = std::initializer_list<std::string_view>;

// "did you mean 'b'? things here: a, b, c"; the first part only when a word is
// near enough, the second only when there are words.
std::string suggest(std::string_view word, std::vector<std::string> known, std::string_view things);

// What a node is, for messages: "the number 1.0", "a list", "the text 'x'".
std::string describe(const YamlNode& node);

bool is_id(std::string_view text);         // a lower-case letter, then letters, digits, '_'
bool is_dotted_id(std::string_view text);  // ids joined by '.'

// A file on its way into a reader. The tree is kept by what is read from it.
struct OpenedFile {
  std::shared_ptr<const Source> source;
  std::shared_ptr<const YamlNode> tree;
  Place beginning() const { return {source, 1, 1, 0}; }
};
// Nothing when it cannot be read or is not YAML; the diagnostics say why.
std::optional<OpenedFile> open_yaml_file(const std::filesystem::path& file, std::vector<Diagnostic>& diagnostics);
// The text of a file as a source, or a diagnostic.
std::shared_ptr<const Source> open_source(const std::filesystem::path& file, std::vector<Diagnostic>& diagnostics);

class Form {
 public:
  // Where the YAML itself is wrong already, nothing more is said.
  explicit Form(std::vector<Diagnostic>& diagnostics);

  // Mistakes so far, with those that were not said again.
  std::size_t mistake_count() const { return mistake_count_; }

  void error(const Place& place, std::string message, std::string note = "");

  // Whether the node is a map, which `what` ("a step") has to be.
  bool expect_map(const YamlNode& node, std::string_view what);
  // A map with no keys but these; `later` are let pass and not proposed.
  bool expect_map(const YamlNode& node, std::string_view what, Words keys, Words later = {});
  void refuse_unknown_keys(const YamlNode& map, std::string_view what, const std::vector<std::string>& keys);
  // The member, or a report that `what` lacks it.
  const YamlNode* require(const YamlNode& map, std::string_view key, std::string_view what);

  // The content of a node; `name` is how the message calls it ("'title'").
  std::optional<std::string> text(const YamlNode& node, std::string_view name);
  std::optional<bool> flag(const YamlNode& node, std::string_view name);
  std::optional<std::int64_t> integer(const YamlNode& node, std::string_view name, std::int64_t min, std::int64_t max);
  // Whole or with a fraction.
  std::optional<double> number(const YamlNode& node, std::string_view name, double min, double max);
  std::optional<std::int64_t> duration_ms(const YamlNode& node, std::string_view name);
  std::optional<std::string> word(const YamlNode& node, std::string_view name, Words known);
  std::optional<std::string> id(const YamlNode& node, std::string_view name);
  // One text or a list of texts; never empty.
  std::vector<std::string> texts(const YamlNode& node, std::string_view name);
  // A text, number, true or false.
  std::optional<Value> scalar(const YamlNode& node, std::string_view name);
  // A list of at least one scalar.
  std::vector<Value> scalars(const YamlNode& node, std::string_view name);
  // Whether the key, which the file's author chose, is an id.
  bool expect_id(const YamlMember& member, std::string_view what);

  // The same for members that may be missing: nothing happens then.
  void take(const YamlNode& map, std::string_view key, std::string& into);
  void take(const YamlNode& map, std::string_view key, bool& into);
  void take(const YamlNode& map, std::string_view key, std::vector<std::string>& into);
  void take_duration(const YamlNode& map, std::string_view key, std::optional<std::int64_t>& into_ms);
  void take_word(const YamlNode& map, std::string_view key, Words known, std::string& into);

  // The first line every file of ours begins with: `format: NAME/1`.
  // False when the file is of another format: reading on makes no sense.
  bool expect_format(const YamlNode& root, std::string_view format, const Place& beginning);

  std::vector<Diagnostic>& diagnostics() { return diagnostics_; }

 private:
  std::vector<Diagnostic>& diagnostics_;
  std::set<std::tuple<const Source*, int, int>> told_;
  std::size_t mistake_count_ = 0;
};

}  // namespace bb::suite
