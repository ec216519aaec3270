#include "harness/cli/args.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>

#include <bb/core/text.hpp>

#include "harness/report/plain.hpp"

namespace bb::cli {
namespace {

namespace po = boost::program_options;

constexpr std::size_t help_width = 100;

po::options_description describe(const VerbSpec& verb) {
  po::options_description description;
  for (const auto& option : verb.options) {
    if (option.value.empty())
      description.add_options()(option.name.c_str(), "");
    else
      description.add_options()(option.name.c_str(), po::value<std::vector<std::string>>(), "");
  }
  description.add_options()("help,h", "");
  description.add_options()("positional", po::value<std::vector<std::string>>(), "");
  return description;
}

std::string unknown_option(const VerbSpec& verb, std::string name) {
  std::vector<std::string> known = {"help"};
  for (const auto& option : verb.options) known.push_back(option.name);
  auto message = fmt::format("unknown option '{}'", name);
  name.erase(0, name.find_first_not_of('-') == std::string::npos ? 0 : name.find_first_not_of('-'));
  if (const auto near = nearest(name, known)) message += fmt::format("; did you mean '--{}'?", *near);
  return message;
}

// "FILE" of "--target FILE".
std::string value_word(const VerbSpec& verb, const std::string& dashed) {
  for (const auto& option : verb.options)
    if ("--" + option.name == dashed) return option.value;
  return "";
}

std::string syntax_problem(const VerbSpec& verb, const po::invalid_command_line_syntax& error) {
  using Kind = po::invalid_command_line_syntax::kind_t;
  const auto option = error.get_option_name();
  if (error.kind() == Kind::missing_parameter)
    return fmt::format("the {} of '{}' is missing", value_word(verb, option), option);
  if (error.kind() == Kind::empty_adjacent_parameter)
    return fmt::format("'{}' is empty, expected {}", option, value_word(verb, option));
  if (error.kind() == Kind::extra_parameter) return fmt::format("'{}' takes no value", option);
  return to_lower(std::string(error.what()).substr(0, 1)) + std::string(error.what()).substr(1);
}

Status check_counts(const VerbSpec& verb, const Args& args) {
  if (args.positional.size() < verb.argument_count_min)
    return Error{fmt::format("expected {}, got {}", verb.arguments,
                             args.positional.empty() ? std::string("nothing") : join(args.positional, " "))};
  if (args.positional.size() > verb.argument_count_max)
    return Error{fmt::format("unexpected '{}'; expected {}", args.positional[verb.argument_count_max],
                             verb.arguments.empty() ? "no arguments" : verb.arguments)};
  for (const auto& option : verb.options) {
    const auto values = args.values(option.name);
    if (!option.value.empty() && std::find(values.begin(), values.end(), "") != values.end())
      return Error{fmt::format("'--{}' is empty, expected {}", option.name, option.value)};
    if (values.size() > 1 && !option.is_repeatable)
      return Error{fmt::format("'--{}' is given {} times, expected once", option.name, values.size())};
    if (option.completes != Completes::words || option.words.empty() || option.value.find('=') != std::string::npos)
      continue;
    for (const auto& value : values) {
      if (std::find(option.words.begin(), option.words.end(), value) != option.words.end()) continue;
      const auto found = nearest(value, option.words);
      // One letter or digit is as near as any other.
      const auto near = found && found->size() > 1 ? found : std::nullopt;
      return Error{
          fmt::format("unknown value '{}' of '--{}'; {}", value, option.name,
                      near ? fmt::format("did you mean '{}'?", *near) : "expected one of " + join(option.words, ", "))};
    }
  }
  return {};
}

void put_row(std::string& text, std::string_view left, std::string_view right) {
  constexpr std::size_t left_columns = 26;
  const auto lines = report::wrap(right, help_width - left_columns);
  text += fmt::format("  {:<{}}", left, left_columns - 2);
  if (left.size() > left_columns - 3) text += '\n' + std::string(left_columns, ' ');
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) text.append(left_columns, ' ');
    text += lines[i] + '\n';
  }
}

}  // namespace

bool Args::has(std::string_view name) const { return options.contains(std::string(name)); }

std::optional<std::string> Args::value(std::string_view name) const {
  const auto it = options.find(std::string(name));
  return it == options.end() || it->second.empty() ? std::nullopt : std::optional(it->second.back());
}

std::vector<std::string> Args::values(std::string_view name) const {
  const auto it = options.find(std::string(name));
  return it == options.end() ? std::vector<std::string>() : it->second;
}

Result<std::int64_t> Args::number(std::string_view name, std::int64_t fallback, std::int64_t min,
                                  std::int64_t max) const {
  const auto text = value(name);
  if (!text) return fallback;
  std::int64_t number = 0;
  const auto* const end = text->data() + text->size();
  const auto read = std::from_chars(text->data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || number < min || number > max)
    return Error{fmt::format("'--{}' is '{}', expected a whole number from {} to {}", name, *text, min, max)};
  return number;
}

Result<std::map<std::string, std::string>> Args::pairs(std::string_view name) const {
  std::map<std::string, std::string> pairs;
  for (const auto& text : values(name)) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
      return Error{fmt::format("'--{}' is '{}', expected NAME=VALUE", name, text)};
    // The value may be a secret and is not repeated.
    if (!pairs.emplace(text.substr(0, equals), text.substr(equals + 1)).second)
      return Error{fmt::format("'--{}' gives '{}' twice", name, text.substr(0, equals))};
  }
  return pairs;
}

Result<Args> read_args(const VerbSpec& verb, const std::vector<std::string>& words) {
  Args args;
  try {
    po::positional_options_description positional;
    positional.add("positional", -1);
    const auto description = describe(verb);
    // No guessing: "--out" must not stand for an option that a later version adds.
    const auto style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    const auto parsed = po::command_line_parser(words).options(description).positional(positional).style(style).run();
    for (const auto& option : parsed.options) {
      auto& values = option.string_key == "positional" ? args.positional : args.options[option.string_key];
      if (option.value.empty()) values.emplace_back();
      values.insert(values.end(), option.value.begin(), option.value.end());
    }
  } catch (const po::unknown_option& error) {
    return Error{unknown_option(verb, error.get_option_name())};
  } catch (const po::invalid_command_line_syntax& error) {
    return Error{syntax_problem(verb, error)};
  } catch (const po::error& error) {
    return Error{to_lower(std::string(error.what()).substr(0, 1)) + std::string(error.what()).substr(1)};
  }
  if (args.has("help")) return args;
  BB_CHECK(check_counts(verb, args));
  return args;
}

std::string help_text(const VerbSpec& verb) {
  auto text = fmt::format("bluebridge {} - {}\n\nusage: bluebridge {}", verb.name, verb.summary, verb.name);
  if (!verb.arguments.empty()) text += ' ' + verb.arguments;
  if (!verb.options.empty()) text += " [options]";
  text += '\n';
  if (!verb.about.empty()) text += '\n' + join(report::wrap(verb.about, help_width), "\n") + '\n';
  text += "\noptions:\n";
  for (const auto& option : verb.options)
    put_row(text, option.value.empty() ? "--" + option.name : fmt::format("--{} {}", option.name, option.value),
            option.about + (option.is_repeatable ? " (repeatable)" : ""));
  put_row(text, "--help", "this text");
  return text + fmt::format("\nexample:\n  {}\n", verb.example);
}

}  // namespace bb::cli
