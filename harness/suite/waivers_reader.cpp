#include <array>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include "harness/suite/form.hpp"
#include "harness/suite/reader.hpp"

namespace bb::suite {
namespace {

constexpr std::string_view format = "bluebridge-waivers/1";
constexpr std::string_view subject_note =
    "a target's id, and after '@' its versions: acme-portal, acme-portal@5.1, acme-portal@<5.2 or "
    "acme-portal@>=5.0,<5.2";

using Relation = WaiverSubject::Relation;
// The longer of two that begin alike stands first.
constexpr std::array<std::pair<std::string_view, Relation>, 5> relations = {{{"<=", Relation::at_most},
                                                                             {">=", Relation::at_least},
                                                                             {"<", Relation::less},
                                                                             {">", Relation::greater},
                                                                             {"=", Relation::equal}}};

std::optional<WaiverSubject::Comparison> comparison_of(std::string_view text) {
  WaiverSubject::Comparison out;
  for (const auto& [sign, relation] : relations)
    if (text.starts_with(sign)) {
      out.relation = relation;
      text.remove_prefix(sign.size());
      break;
    }
  out.version = std::string(trim(text));
  if (out.version.empty() || out.version.find_first_of("<>=@ \t") != std::string::npos) return std::nullopt;
  return out;
}

std::optional<WaiverSubject> subject_of(const std::string& text) {
  WaiverSubject subject;
  subject.text = text;
  const auto at = text.find('@');
  subject.target = text.substr(0, at);
  if (subject.target.empty() ||
      subject.target.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789._-") != std::string::npos)
    return std::nullopt;
  if (at == std::string::npos) return subject;
  for (const auto& part : split(text.substr(at + 1), ',')) {
    auto one = comparison_of(trim(part));
    if (!one) return std::nullopt;
    subject.versions.push_back(*std::move(one));
  }
  return subject;
}

class WaiverReader {
 public:
  WaiverReader(Form& form, const YamlNode& node) : form_(form), node_(node) {}

  Waiver read() {
    const auto mistakes = form_.mistake_count();
    out_.place = node_.place;
    if (form_.expect_map(node_, "a waiver", {"test", "subject", "outcome", "claim", "reason", "link", "expires"}) ||
        node_.is_map())
      read_members();
    out_.is_whole = form_.mistake_count() == mistakes;
    return std::move(out_);
  }

 private:
  void read_members() {
    if (const auto* test = form_.require(node_, "test", "a waiver")) read_test(*test);
    if (const auto* subject = form_.require(node_, "subject", "a waiver")) read_subject(*subject);
    if (const auto* outcome = form_.require(node_, "outcome", "a waiver"))
      if (const auto word = form_.word(*outcome, "'outcome'", {"fail", "warn"}))
        out_.outcome = *word == "fail" ? evidence::Outcome::fail : evidence::Outcome::warn;
    if (const auto* claim = form_.require(node_, "claim", "a waiver")) {
      out_.claim = collapse_whitespace(form_.text(*claim, "'claim'").value_or(""));
      out_.claim_place = claim->place;
    }
    if (const auto* reason = form_.require(node_, "reason", "a waiver"))
      out_.reason = collapse_whitespace(form_.text(*reason, "'reason'").value_or(""));
    if (const auto* link = node_.find("link")) read_link(*link);
    if (const auto* expires = form_.require(node_, "expires", "a waiver")) read_expires(*expires);
  }

  void read_test(const YamlNode& node) {
    const auto text = form_.text(node, "'test'");
    if (!text) return;
    out_.test = *text;
    out_.test_place = node.place;
    const auto slash = text->find('/');
    out_.suite = text->substr(0, slash);
    if (slash != std::string::npos) out_.address = text->substr(slash + 1);
    if (slash == std::string::npos || !is_dotted_id(out_.suite) ||
        !is_id(out_.address.substr(0, out_.address.find_first_of(".["))))
      form_.error(node.place, fmt::format("'{}' does not name a test", shorten(*text, 80)),
                  "write suite/test, suite/test[instance], or either with .step");
  }

  void read_subject(const YamlNode& node) {
    const auto text = form_.text(node, "'subject'");
    if (!text) return;
    if (auto subject = subject_of(*text))
      out_.subject = *std::move(subject);
    else
      form_.error(node.place, fmt::format("'{}' does not name a system", shorten(*text, 80)),
                  std::string(subject_note));
  }

  void read_link(const YamlNode& node) {
    const auto text = form_.text(node, "'link'");
    if (!text) return;
    out_.link = *text;
    if (!text->starts_with("https://") && !text->starts_with("http://"))
      form_.error(node.place, fmt::format("'link' takes a URL, got '{}'", shorten(*text, 80)),
                  "for example https://tracker.example/4711");
  }

  void read_expires(const YamlNode& node) {
    const auto text = form_.text(node, "'expires'");
    if (!text) return;
    out_.expires = *text;
    out_.expires_place = node.place;
    if (text->size() != 10 || !parse_time(*text))
      form_.error(node.place, fmt::format("'expires' takes a day, got '{}'", shorten(*text, 40)),
                  "the last day on which it holds, for example \"2027-01-31\"");
  }

  Form& form_;
  const YamlNode& node_;
  Waiver out_;
};

// Two of one claim: nobody could say which of them is needed.
void refuse_twins(Form& form, const std::vector<Waiver>& waivers) {
  std::map<std::tuple<std::string, std::string, std::string>, int> lines;
  for (const auto& one : waivers) {
    if (!one.is_whole) continue;
    const auto [first, is_new] = lines.emplace(std::tuple(one.test, one.claim, one.subject.text), one.test_place.line);
    if (!is_new)
      form.error(one.test_place,
                 fmt::format("'{}' of '{}' is waived twice, first in line {}", shorten(one.claim, 80),
                             shorten(one.test, 80), first->second),
                 "keep one of the two");
  }
}

}  // namespace

Loaded<Waivers> read_waivers(const std::filesystem::path& file) {
  Loaded<Waivers> out;
  const auto opened = open_yaml_file(file, out.diagnostics);
  Form form(out.diagnostics);
  if (!opened || !form.expect_format(*opened->tree, format, opened->beginning())) return out;
  const YamlNode& root = *opened->tree;
  form.expect_map(root, "a waivers file", {"format", "about", "waivers"});
  std::string about;
  form.take(root, "about", about);
  Waivers& waivers = out.value.emplace();
  waivers.file = file;
  waivers.source = opened->source;
  const auto* list = form.require(root, "waivers", "a waivers file");
  if (!list) return out;
  if (!list->is_list()) {
    form.error(list->place, fmt::format("'waivers' must be a list, got {}", describe(*list)),
               "for example: waivers: [] or - test: suite/test");
    return out;
  }
  for (const auto& item : list->items) waivers.waivers.push_back(WaiverReader(form, item).read());
  refuse_twins(form, waivers.waivers);
  return out;
}

}  // namespace bb::suite
