// Level 5: sequences of calls, answers of the peer and texts, made at random.
#include <algorithm>
#include <iterator>

#include <bb/core/text.hpp>
#include "checks.hpp"
#include "fuzz.hpp"

namespace bb::kit {
namespace {

constexpr std::size_t steps_min = 10, steps_max = 40;

// What no call may do, whatever it was given.
std::string wrong_with(Driver& driver, const std::string& operation, const Done& done) {
  const auto is_known = done.status == BB_OK || (done.status >= 100 && done.status <= 699);
  if (!is_known || done.status == BB_E_CONNECTOR_LOST || done.status == BB_E_CONNECTOR_STUCK)
    return fmt::format("{} returned {}, expected 0 or a value of classes 1 to 6 that is not the host's", operation,
                       status_name(done.status));
  if (const auto breaches = driver.host.breaches(); !breaches.empty())
    return fmt::format("{}: {}", operation, breaches.front().what);
  if (driver.got && driver.got->after_stop > 0) return operation + " went on after the sink said stop";
  return {};
}

using Operations = std::vector<std::string>;
const std::string& one_of(const Operations& operations, Dice& dice) {
  return operations[dice.below(operations.size())];
}

using MakeStep = std::function<Step(Dice& dice)>;

// Runs a fuzz on every type: `maker_of` gives what makes steps of a connector's
// operations, `play` makes the call of one.
Verdict fuzz_each_type(Bench& bench, std::string_view check,
                       const std::function<MakeStep(const Operations& operations)>& maker_of,
                       const std::function<std::string(Driver& driver, const Step& step)>& play) {
  return on_each_type(bench, [&](const bb_connector_type& type) -> Verdict {
    Operations operations;
    BB_KIT_TRY(operations_of(bench, type, operations));
    if (operations.empty()) return does_not_apply("the connector offers no operation that this check could drive");
    Fuzz fuzz;
    fuzz.check = check;
    fuzz.seed = bench.seed();
    fuzz.make = [make_step = maker_of(operations)](Dice& dice) {
      Script script;
      const auto count = steps_min + dice.below(steps_max - steps_min + 1);
      while (script.size() < count) script.push_back(make_step(dice));
      return script;
    };
    fuzz.play = [&](const Script& script) -> std::string {
      Driver driver(bench, type);
      if (driver.ready().outcome != Outcome::pass) return {};
      for (const auto& step : script)
        if (auto wrong = play(driver, step); !wrong.empty()) return wrong;
      return {};
    };
    return run(fuzz);
  });
}

Verdict fuzz_calls(Bench& bench) {
  static const char* const ways[] = {"", "", "", "", "cancelled", "late", "stopped", "unknown"};
  static const char* const sessions[] = {"session.open", "session.open", "session.close", "connector again"};
  return fuzz_each_type(
      bench, "fuzz-calls",
      [](const Operations& operations) -> MakeStep {
        return [operations](Dice& dice) -> Step {
          if (dice.below(4) == 0) return {sessions[dice.below(std::size(sessions))], "", 0};
          return {one_of(operations, dice), ways[dice.below(std::size(ways))], dice.next()};
        };
      },
      [](Driver& driver, const Step& step) -> std::string {
        if (step.operation == "connector again") {
          driver.destroy();
          return driver.ready().outcome == Outcome::fail ? "the connector could not be made again" : "";
        }
        if (step.operation.starts_with("session.") && driver.table<bb_session>(BB_SESSION) == nullptr) return {};
        if (step.operation == "session.open") {
          driver.sign_in();
          return {};
        }
        Arguments arguments;
        driver.arguments_of(step.operation, arguments);
        Conduct conduct;
        if (step.way == "unknown") arguments.id = arguments.name = "kit-unknown";
        if (step.way == "cancelled") conduct.is_cancelled = true;
        if (step.way == "late") conduct.deadline_in_ms = -1;
        if (step.way == "stopped") conduct.stop_at = static_cast<int>(step.salt % 3);
        if (step.operation.ends_with(".send")) arguments.key = fmt::format("kit-fuzz-{}", step.salt % 5);
        return wrong_with(driver, step.operation, driver.call(step.operation, arguments, conduct));
      });
}

// One change of a text, as a broken or hostile peer might make it.
void spoil(std::string& body, Dice& dice) {
  static const char* const tokens[] = {"{",     "}",    "[",     "\"", "\\u0000", "null", "-1", "99999999999999999999",
                                       "1e999", "\xff", "\xc3",  "<",  "]]>",     "&#0;", "\r", "{\"a\":{\"a\":",
                                       "true",  "[[[[", "%s%s%n"};
  const auto at = dice.below(body.size() + 1);
  const auto size = std::min(body.size() - at, dice.below(16) + 1);
  switch (dice.below(6)) {
    case 0:
      if (at < body.size()) body[at] = static_cast<char>(dice.next() & 0xff);
      break;
    case 1:
      body.erase(at, size);
      break;
    case 2:
      body.insert(at, body.substr(at, size));
      break;
    case 3:
      body.insert(at, tokens[dice.below(std::size(tokens))]);
      break;
    case 4:
      body.resize(at);
      break;
    default:
      body.insert(at, dice.below(20'000), static_cast<char>(dice.next() & 0xff));
  }
}

Verdict fuzz_content(Bench& bench) {
  bool has_exchanged = false;
  const auto asks = [&] {
    return on_each_type(bench, [&](const bb_connector_type& type) -> Verdict {
      Driver driver(bench, type);
      BB_KIT_TRY(driver.ready());
      for (const auto& operation : driver.operations()) {
        Arguments arguments;
        if (driver.arguments_of(operation, arguments).outcome == Outcome::pass) driver.call(operation, arguments);
      }
      has_exchanged = has_exchanged || driver.host.exchange_count() > 0;
      return pass();
    });
  };
  BB_KIT_TRY(asks());
  if (!has_exchanged)
    return does_not_apply("no operation that could be driven uses {} or {}", BB_HOST_HTTP, BB_HOST_STREAM);
  return fuzz_each_type(
      bench, "fuzz-content",
      [](const Operations& operations) -> MakeStep {
        return [operations](Dice& dice) -> Step {
          return {one_of(operations, dice), fmt::format("answers spoiled by {}", dice.below(1'000'000)), 0};
        };
      },
      [](Driver& driver, const Step& step) -> std::string {
        Arguments arguments;
        driver.host.spoils = nullptr;
        driver.arguments_of(step.operation, arguments);
        Dice dice(step.way);
        driver.host.spoils = [&](std::string& body) {
          for (auto left = 1 + dice.below(4); left > 0; --left) spoil(body, dice);
        };
        const auto done = driver.call(step.operation, arguments);
        driver.host.spoils = nullptr;
        return wrong_with(driver, step.operation, done);
      });
}

// Well-formed texts that break what does not expect them.
const std::vector<std::pair<std::string, std::string>>& nasty_texts() {
  static const std::vector<std::pair<std::string, std::string>> all{
      {"%s%s%s%s%n", "%s%s%s%s%n"},
      {"a zero byte", std::string("a\0b", 3)},
      {"64 KiB of 'a'", std::string(65'536, 'a')},
      {"255 bytes", std::string(255, 'b')},
      {"256 bytes", std::string(256, 'b')},
      {"2000 e with acute",
       [] {
         std::string text;
         for (int i = 0; i < 2000; ++i) text += "\xc3\xa9";
         return text;
       }()},
      {"an emoji", "\xf0\x9f\x92\xa9"},
      {"a right-to-left override",
       "a\xe2\x80\xae"
       "b"},
      {"U+FFFF", "\xef\xbf\xbf"},
      {"a byte order mark", "\xef\xbb\xbf"},
      {"line breaks", "a\r\nX-Kit: 1\r\n\r\n"},
      {"../../../etc/passwd", "../../../etc/passwd"},
      {"..", ".."},
      {"/", "/"},
      {"a URL of its own", "https://elsewhere.test/?a=b#c"},
      {"%00%zz%", "%00%zz%"},
      {"' OR 1=1 --", "' OR 1=1 --"},
      {"<script>", "<script>alert(1)</script>"},
      {"{\"a\":", "{\"a\":"},
      {"[[[[...", std::string(5000, '[')},
      {"a space", " "},
      {"0", "0"},
      {"-1", "-1"},
      {"9223372036854775808", "9223372036854775808"},
      {"1e999", "1e999"},
      {"NaN", "NaN"},
      {"null", "null"},
      {"a quote", "\""},
      {"a backslash", "\\"},
      {"$(id)", "$(id)`id`"}};
  return all;
}

// The texts that an operation takes.
std::vector<std::string> places_of(const std::string& operation) {
  if (operation.ends_with(".list") || operation == "inbox.poll")
    return operation == "probe.list" ? std::vector<std::string>{}
                                     : std::vector<std::string>{"cursor", "kind", "subject", "term"};
  if (operation.ends_with(".send")) return {"key"};
  if (operation.starts_with("session.") || operation == "trust.anchors") return {};
  if (operation == "inbox.allocate") return {"name"};
  if (operation == "download.formats") return {"subject"};
  if (operation == "probe.run" || operation == "trust.evaluate") return {"name", "id"};
  return {"id"};
}

Verdict fuzz_strings(Bench& bench) {
  static constexpr std::string_view is = " is ";
  return fuzz_each_type(
      bench, "fuzz-strings",
      [](const Operations& operations) -> MakeStep {
        std::vector<Step> all;
        for (const auto& operation : operations)
          for (const auto& place : places_of(operation))
            for (std::size_t i = 0; i < nasty_texts().size(); ++i)
              all.push_back({operation, fmt::format("{}{}{}", place, is, nasty_texts()[i].first), i});
        // Every text at every place, in an order made at random, and again.
        return [all, deck = std::vector<Step>()](Dice& dice) mutable -> Step {
          if (deck.empty()) deck = all;
          if (deck.empty()) return {"no text", "", 0};
          std::swap(deck[dice.below(deck.size())], deck.back());
          auto step = std::move(deck.back());
          deck.pop_back();
          return step;
        };
      },
      [](Driver& driver, const Step& step) -> std::string {
        if (step.way.empty()) return {};  // no operation takes a text
        Arguments arguments;
        driver.arguments_of(step.operation, arguments);
        const auto& text = nasty_texts()[static_cast<std::size_t>(step.salt)].second;
        const auto place = step.way.substr(0, step.way.find(is));
        if (place == "id") arguments.id = text;
        if (place == "name") arguments.name = text;
        if (place == "cursor") arguments.cursor = text;
        if (place == "kind") arguments.kind = text;
        if (place == "subject") arguments.subject = text;
        if (place == "key") arguments.key = text;
        if (place == "term") arguments.terms = {{text, "kit"}, {"kit", text}};
        return wrong_with(driver, step.operation, driver.call(step.operation, arguments));
      });
}

}  // namespace

std::vector<Check> fuzz_checks() {
  return {
      {{"fuzz-calls", 5, "BB-R069", "sequences of calls at random"}, fuzz_calls},
      {{"fuzz-content", 5, "BB-R060", "answers of the system, spoiled at random"}, fuzz_content},
      {{"fuzz-strings", 5, "BB-R070", "texts that break what does not expect them"}, fuzz_strings},
  };
}

}  // namespace bb::kit
