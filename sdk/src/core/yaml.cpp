#include <bb/core/yaml.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/text.hpp>

#include "yaml_tree.hpp"

namespace bb {
namespace {

Diagnostic mistake(const std::shared_ptr<const Source>& source, int line, int column, std::string message,
                   std::string note) {
  Diagnostic out;
  out.place.source = source;
  out.place.line = line;
  out.place.column = column;
  out.place.length = 1;
  out.message = std::move(message);
  out.note = std::move(note);
  return out;
}

// What of UTF-8 is no text: control characters (C1 too), and the line ends of
// YAML 1.1 that no editor counts as lines, and noncharacters.
std::size_t forbidden_size(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0; };
  if (byte(0) < 0x20 || byte(0) == 0x7F) return 1;
  if (byte(0) == 0xC2 && byte(1) < 0xA0) return 2;
  if (byte(0) == 0xE2 && byte(1) == 0x80 && (byte(2) == 0xA8 || byte(2) == 0xA9)) return 3;
  if (byte(0) == 0xEF && byte(1) == 0xBF && byte(2) >= 0xBE) return 3;
  return 0;
}

// The first character of a line that is refused, or nothing.
std::optional<Diagnostic> find_forbidden_in(std::string_view line, bool is_last,
                                            const std::shared_ptr<const Source>& source, int number) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    const auto c = static_cast<unsigned char>(line[i]);
    if ((c >= 0x20 && c < 0x7F) || c == '\t') continue;
    if (c == '\r' && i + 1 == line.size() && !is_last) continue;
    if (const std::size_t size = forbidden_size(line.substr(i)); size != 0)
      return mistake(
          source, number, static_cast<int>(i) + 1,
          std::string("a control character, byte") + (size == 1 ? " 0x" : "s 0x") + to_hex(line.substr(i, size)),
          "remove it, or write it as an escape in double quotes");
  }
  return std::nullopt;
}

std::optional<Diagnostic> find_forbidden(const std::shared_ptr<const Source>& source) {
  const std::string& text = source->text;
  if (text.size() > yaml_bytes_max)
    return mistake(source, 1, 1,
                   "the file has " + std::to_string(text.size()) + " bytes, at most " + std::to_string(yaml_bytes_max) +
                       " are read",
                   "split the file");
  const bool is_whole_good = is_utf8(text);
  int number = 1;
  for (std::size_t begin = 0; begin < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = std::string_view(text).substr(begin, end - begin);
    if (!is_whole_good && !is_utf8(line))
      return mistake(source, number, 1, "this line is not UTF-8", "save the file as UTF-8");
    if (auto found = find_forbidden_in(line, end == text.size(), source, number)) return found;
    begin = end + 1;
  }
  return std::nullopt;
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  const auto found = std::find_if(members.begin(), members.end(), [&](const auto& m) { return m.key == key; });
  return found == members.end() ? nullptr : &found->value;
}

Yaml parse_yaml(std::shared_ptr<const Source> source) {
  Yaml yaml;
  if (auto forbidden = find_forbidden(source)) {
    yaml.diagnostics.push_back(std::move(*forbidden));
    return yaml;
  }
  yaml.root = yaml::read_tree(source, yaml.diagnostics);
  if (!yaml.root && yaml.diagnostics.empty())
    yaml.diagnostics.push_back(mistake(source, 1, 1, "the file holds nothing", ""));
  return yaml;
}

Result<Value> read_yaml(const std::filesystem::path& file) {
  BB_TRY(auto text, read_text(file, yaml_bytes_max));
  const Yaml yaml = parse_yaml(std::make_shared<const Source>(Source{file.string(), std::move(text)}));
  if (!yaml.is_good()) return Error{render(yaml.diagnostics)};
  return to_value(*yaml.root);
}

}  // namespace bb
