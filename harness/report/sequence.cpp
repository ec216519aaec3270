// One pass over a test's steps. Of a mail conversation, which is dozens of lines, an arrow is what
// it did: a message handed in, a message taken out, a look that found something or nothing.
#include "harness/report/sequence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "harness/report/plain.hpp"
#include "harness/report/sequence_words.hpp"

namespace bb::report {
namespace {

using evidence::ExchangeView;
using evidence::RecordView;
using evidence::StepView;
using evidence::TestView;

constexpr std::size_t detail_bytes_max = 160;

bool begins(std::string_view text, std::string_view word) {
  return text.size() >= word.size() && iequals(text.substr(0, word.size()), word);
}
bool is_mail(std::string_view protocol) { return protocol == "smtp" || protocol == "imap" || protocol == "pop3"; }
bool is_refusal(std::string_view reply) { return !reply.empty() && (reply.front() == '4' || reply.front() == '5'); }

// What stands in "MAIL FROM:<a@b.example> SIZE=3".
std::string in_brackets(std::string_view command) {
  const auto begin = command.find('<');
  const auto end = command.find('>', begin);
  if (begin == std::string_view::npos || end == std::string_view::npos) return "";
  return first_line(command.substr(begin + 1, end - begin - 1));
}

std::string between(const std::string& from, const std::string& to) {
  return (from.empty() ? "" : " from " + from) + (to.empty() ? "" : " to " + to);
}

std::string host_of(std::string_view peer) { return std::string(peer.substr(0, peer.rfind(':'))); }

// "https://127.0.0.1:4001" and "/api/session" of a URL.
std::pair<std::string, std::string> parts_of(std::string_view url) {
  const auto scheme = url.find("://");
  const auto host = scheme == std::string_view::npos ? 0 : scheme + 3;
  const auto path = std::min(url.find_first_of("/?#", host), url.size());
  const auto end = std::min(url.find_first_of("?#", path), url.size());
  return {first_line(url.substr(host, path - host)), first_line(url.substr(path, end - path))};
}

// A conversation by SMTP, IMAP or POP3 as far as it has come.
struct Talk {
  std::uint64_t call = 0;
  std::string protocol;
  std::size_t ours = 0, server = 0;  // lanes
  std::string sender = {};
  std::vector<std::string> recipients = {};
  bool is_data = false;  // what is sent next is the message
  bool has_looked = false, has_done = false;
  std::string listed = {};           // how many were there
  const RecordView* last = nullptr;  // for the arrow of a look
};

class Builder {
 public:
  explicit Builder(const TestView& test) : test_(test) {}

  Sequence build() && {
    for (step_ = 0; step_ < test_.steps.size(); ++step_) {
      const auto& step = test_.steps[step_];
      seen_.clear();
      add_evidence(step);
      end_talk();
      flush_verdicts();
      add_message(step);
    }
    const auto count = sequence_.arrows.size();
    if (count > sequence_arrows_max) {
      sequence_.left_out = count - sequence_arrows_max;
      sequence_.arrows.resize(sequence_arrows_max);
    }
    return std::move(sequence_);
  }

 private:
  const StepView& step() const { return test_.steps[step_]; }

  std::size_t lane(const std::string& title, const std::string& detail) {
    const Lane wanted{title, detail};
    auto& lanes = sequence_.lanes;
    const auto found = std::find(lanes.begin(), lanes.end(), wanted);
    if (found != lanes.end()) return static_cast<std::size_t>(found - lanes.begin());
    lanes.push_back(wanted);
    return lanes.size() - 1;
  }
  // "portal/alice" acts as alice.
  std::size_t ours(const std::string& instance) {
    const auto slash = instance.find('/');
    return lane(slash == std::string::npos
                    ? first_line(instance)
                    : first_line(instance.substr(slash + 1) + ", by " + instance.substr(0, slash)),
                "BlueBridge");
  }
  // Several roles may speak with one system; its name is of the first.
  std::size_t system_at(const std::string& host, const std::string& instance) {
    const auto known = systems_.find(host);
    if (known != systems_.end()) return known->second;
    const auto role = first_line(instance.substr(0, instance.find('/')));
    return systems_[host] = lane("system behind " + role, host);
  }
  std::size_t server_of(const host::EvidenceRecord& record) {
    const auto& protocol = record.protocol;
    const auto host = first_line(host_of(record.peer));
    if (is_mail(protocol)) return lane("mail server", host);
    if (protocol == "dns") return lane("name server", host);
    if (protocol == "ldap") return lane("directory", host);
    return lane(first_line(protocol) + " server", first_line(record.peer));
  }

  // One arrow for all that are alike in one step: a client that looks every second says one thing.
  Arrow& put(Arrow arrow) {
    arrow.step = step_;
    arrow.what = shorten(arrow.what, detail_bytes_max);
    arrow.answer = shorten(arrow.answer, detail_bytes_max);
    const auto key = fmt::format("{} {} {}\n{}", arrow.from, arrow.to, arrow.what, arrow.answer);
    const auto [known, is_new] = seen_.try_emplace(key, sequence_.arrows.size());
    if (is_new) {
      sequence_.arrows.push_back(std::move(arrow));
      return sequence_.arrows.back();
    }
    ++sequence_.arrows[known->second].count;
    return sequence_.arrows[known->second];
  }

  // Exchanges and records in the order of their events.
  void add_evidence(const StepView& step) {
    auto exchange = step.exchanges.begin();
    auto record = step.records.begin();
    while (exchange != step.exchanges.end() || record != step.records.end()) {
      const bool is_exchange =
          record == step.records.end() || (exchange != step.exchanges.end() && exchange->number < record->number);
      if (is_exchange)
        add(*exchange++);
      else
        add(*record++);
    }
  }

  void add(const ExchangeView& view) {
    const auto& exchange = view.exchange;
    const auto [host, path] = parts_of(exchange.url);
    const auto from = ours(exchange.instance);
    system_ = system_at(host, exchange.instance);
    const bool is_answered = exchange.status != 0;
    put({.from = from,
         .to = *system_,
         .at_unix_ns = exchange.started_unix_ns,
         .what = fmt::format("{} {}", first_line(exchange.method), path),
         .answer = is_answered ? std::to_string(exchange.status) : "no answer: " + first_line(exchange.error),
         .tone = is_answered ? Tone::plain : Tone::bad,
         .event = view.number});
  }

  void add(const RecordView& view) {
    const auto& record = view.record;
    const auto& protocol = record.protocol;
    if (protocol == "process" || protocol == "host") return;  // about the connector, not whom it spoke with
    if (protocol == "smime") return void(verdicts_.push_back(&view));
    if (record.is_sensitive && protocol != "person") return add_sensitive(view);
    if (is_mail(protocol)) return add_mail(view);
    end_talk();
    flush_verdicts();
    if (protocol == "person") {
      put({.from = ours(record.instance),
           .to = lane(record.peer.empty() ? "person" : first_line(record.peer), "asked"),
           .at_unix_ns = view.at_unix_ns,
           .what = record.is_sensitive ? "question" : first_line(record.sent),
           .answer = record.is_sensitive ? "" : first_line(record.received),
           .event = view.number});
    } else if (protocol == "dns" || protocol == "ldap") {
      add_question(view);
    } else {
      add_failure(view);
      if (record.step != "open" && record.step != "end" && record.step != "start_tls")
        put(spoken(view, named(record), ""));
    }
  }

  // What a connector of ours said to a server.
  Arrow spoken(const RecordView& view, std::string what, std::string answer) {
    return {.from = ours(view.record.instance),
            .to = server_of(view.record),
            .at_unix_ns = view.at_unix_ns,
            .what = std::move(what),
            .answer = std::move(answer),
            .event = view.number};
  }
  static std::string named(const host::EvidenceRecord& record) {
    return first_line(record.protocol + " " + record.step);
  }

  void add_sensitive(const RecordView& view) {
    put(spoken(view, named(view.record), "sensitive: kept in the run folder only"));
  }

  // That a connection or its TLS could not be had.
  void add_failure(const RecordView& view) {
    const auto& record = view.record;
    for (const auto& attribute : record.attributes) {
      if (attribute.name != "failure" && attribute.name != "untrusted") continue;
      auto arrow = spoken(view, named(record), first_line(attribute.value));
      arrow.tone = Tone::bad;
      put(std::move(arrow));
    }
  }

  // Of UDP question and answer are records of their own, of TCP one.
  void add_question(const RecordView& view) {
    const auto& record = view.record;
    add_failure(view);
    const auto answer = record.received.empty() ? std::string() : answer_of(record);
    auto spoke = spoken(view, record.protocol == "dns" ? dns_question(record.sent) : "LDAP question", answer);
    if (!record.sent.empty()) {
      put(std::move(spoke));
    } else if (!answer.empty()) {
      const auto question = std::find_if(sequence_.arrows.rbegin(), sequence_.arrows.rend(), [&](const Arrow& arrow) {
        return arrow.from == spoke.from && arrow.to == spoke.to && arrow.step == step_;
      });
      if (question != sequence_.arrows.rend()) question->answer = answer;
    }
  }
  static std::string answer_of(const host::EvidenceRecord& record) {
    return record.protocol == "dns" ? dns_answer(record.received) : fmt::format("{} bytes", record.received.size());
  }

  // ---- mail

  void add_mail(const RecordView& view) {
    const auto& record = view.record;
    if (!talk_ || record.step == "open" || talk_->call != record.call_id || talk_->protocol != record.protocol) {
      end_talk();
      flush_verdicts();
      talk_ = Talk{.call = record.call_id,
                   .protocol = record.protocol,
                   .ours = ours(record.instance),
                   .server = server_of(record)};
    }
    add_failure(view);
    if (record.step != "exchange") return;
    talk_->last = &view;
    if (record.protocol == "smtp")
      hand_in(view);
    else
      take_out(view);
  }

  void put_mail(const RecordView& view, bool is_ours_first, std::string what, std::string answer) {
    talk_->has_done = true;
    put({.from = is_ours_first ? talk_->ours : talk_->server,
         .to = is_ours_first ? talk_->server : talk_->ours,
         .at_unix_ns = view.at_unix_ns,
         .what = std::move(what),
         .answer = std::move(answer),
         .event = view.number});
  }

  void hand_in(const RecordView& view) {
    const std::string_view sent = view.record.sent;
    const auto reply = first_line(view.record.received);
    if (std::exchange(talk_->is_data, false)) {
      const auto words = mail_words(sent);
      sent_ids_.insert(words.message_id);
      return put_mail(view, true, words.kind + between(talk_->sender, join(talk_->recipients, ", ")), reply);
    }
    talk_->is_data = begins(sent, "DATA") && reply.starts_with('3');
    if (begins(sent, "MAIL FROM")) talk_->sender = in_brackets(sent);
    if (begins(sent, "RCPT TO")) {
      if (is_refusal(reply)) return put_mail(view, true, "message to " + in_brackets(sent), reply);
      talk_->recipients.push_back(in_brackets(sent));
    } else if (is_refusal(reply)) {
      put_mail(view, true, "SMTP " + first_line(sent.substr(0, sent.find_first_of(" \r"))), reply);
    }
  }

  void take_out(const RecordView& view) {
    const std::string_view sent = view.record.sent;
    const std::string_view received = view.record.received;
    const bool is_header = sent.find("[HEADER]") != std::string_view::npos || begins(sent, "TOP ");
    const bool is_list = sent.find("FETCH 1:*") != std::string_view::npos || begins(sent, "LIST");
    const auto told = sent.find("STORE ") != std::string_view::npos || begins(sent, "DELE ");
    if (received.starts_with("-ERR") || received.find(" NO ") < received.find('\r') ||
        received.find(" BAD ") < received.find('\r'))
      return put_mail(view, true, talk_->protocol == "imap" ? "IMAP command" : "POP3 command", first_line(received));
    if (is_list) {
      talk_->has_looked = true;
      const auto lines = std::count(received.begin(), received.end(), '\n');
      const auto count = std::max<std::ptrdiff_t>(0, lines - (talk_->protocol == "imap" ? 1 : 2));
      talk_->listed = count == 0 ? "none there" : fmt::format("{} there", count);
    } else if (told) {
      put_mail(view, true, "takes a message away", "");
    } else if (!is_header && (sent.find("BODY") != std::string_view::npos || begins(sent, "RETR "))) {
      if (const auto message = fetched_message(received); !message.empty()) add_fetched(view, mail_words(message));
    }
  }

  void add_fetched(const RecordView& view, const MailWords& words) {
    add_way(view, words);
    put_mail(view, false, words.kind + between(words.from, words.to), "");
    flush_verdicts();
  }

  // Who handed a message in, as its Received fields have it (RFC 5321, 4.4). Of what we sent it was seen.
  void add_way(const RecordView& view, const MailWords& words) {
    if (words.hops.empty() || sent_ids_.contains(words.message_id) ||
        !told_ids_.insert(words.message_id + view.record.instance).second)
      return;
    for (auto hop = words.hops.rbegin(); hop != words.hops.rend(); ++hop) {
      const bool is_first = hop == words.hops.rbegin();
      const bool is_last = hop + 1 == words.hops.rend();
      const auto from = is_first && came_from_system(words) ? *sharer_ : lane(hop->from, "named in Received");
      const auto to = is_last ? talk_->server : lane(hop->by, "named in Received");
      put({.from = from,
           .to = to,
           .at_unix_ns = view.at_unix_ns,
           .what = words.kind + between(words.from, words.to),
           .answer = fmt::format("Received: from {} by {}", hop->from, hop->by),
           .is_inferred = true,
           .event = view.number});
    }
  }
  // Whether the system was asked in this test to share with whom the message came for.
  bool came_from_system(const MailWords& words) const {
    return sharer_ && std::any_of(words.delivered_to.begin(), words.delivered_to.end(),
                                  [&](const auto& address) { return shared_with_.contains(to_lower(address)); });
  }

  void end_talk() {
    if (talk_ && talk_->has_looked && !talk_->has_done && talk_->last != nullptr)
      put_mail(*talk_->last, true, "looks for mail", talk_->listed);
    talk_.reset();
  }

  // What a connector found when it opened a message: its record comes before the one of the turn
  // that brought the message.
  void flush_verdicts() {
    for (const auto* view : std::exchange(verdicts_, {})) {
      const auto said = view->record.is_sensitive ? std::string() : one_line(view->record.received);
      const auto own = ours(view->record.instance);
      put({.from = own,
           .to = own,
           .at_unix_ns = view->at_unix_ns,
           .what = first_line(view->record.step + "s the message"),
           .answer = said,
           .tone = begins(said, "taken")     ? Tone::good
                   : begins(said, "refused") ? Tone::bad
                                             : Tone::plain,
           .event = view->number});
    }
  }

  // ---- what a step's message says

  void add_message(const StepView& step) {
    if (!step.has_message) return;
    const auto at = step.started_unix_ns + step.duration_ms * ns_per_ms;
    add_opened(step, at);
    const auto said = parse_json(step.message.body);
    if (!said) return;
    const auto* receipts = (*said)["receipts"].items();
    if (receipts == nullptr) return;
    const auto actor = actor_of(step);
    if (!actor) return;
    const bool is_system = !step.exchanges.empty();
    for (const auto& receipt : *receipts) add_receipt(receipt, *actor, is_system, at);
  }

  // The role whose connector was called in this step.
  std::optional<std::size_t> actor_of(const StepView& step) {
    if (!step.exchanges.empty()) return ours(step.exchanges.back().exchange.instance);
    if (!step.records.empty()) return ours(step.records.back().record.instance);
    return std::nullopt;
  }

  void add_opened(const StepView& step, std::int64_t at) {
    const auto actor = actor_of(step);
    const auto* signature = step.message.attribute("opened.signature");
    if (signature == nullptr || !actor) return;
    const auto word = [&](std::string_view name) {
      const auto* value = step.message.attribute(name);
      return value == nullptr ? std::string("not said") : first_line(*value);
    };
    const auto trust = word("opened.trust");
    put({.from = *actor,
         .to = *actor,
         .at_unix_ns = at,
         .what = "reads the opened message",
         .answer = fmt::format("encryption {}, signature {}, signer {}", word("opened.encryption"),
                               first_line(*signature), trust),
         .tone = *signature == "valid" && trust == "trusted" ? Tone::good : Tone::bad});
  }

  void add_receipt(const Value& receipt, std::size_t actor, bool is_system, std::int64_t at) {
    const auto delivery = first_line(receipt["delivery"].string_or(""));
    const auto recipient = first_line(receipt["recipient"].string_or(""));
    const auto event = is_system ? step().exchanges.back().number : 0;
    const auto tone = delivery == "failed" ? Tone::bad : Tone::plain;
    if (is_system && system_) {
      sharer_ = system_;
      shared_with_.insert(to_lower(recipient));
      // What a system was told of its message came back to it over the mail server.
      const bool is_told = delivery == "processed" || delivery == "dispatched";
      if (const auto server = mail_server(); is_told && server)
        put({.from = *server,
             .to = *system_,
             .at_unix_ns = at,
             .what = fmt::format("notification '{}'", delivery),
             .answer = "the receipt says so",
             .is_inferred = true,
             .event = event});
    }
    const auto detail = first_line(receipt["detail"].string_or(""));
    put({.from = is_system && system_ ? *system_ : actor,
         .to = actor,
         .at_unix_ns = at,
         .what = fmt::format("receipt: {} for {}", delivery, recipient),
         .answer = detail,
         .tone = tone,
         .event = event});
  }
  std::optional<std::size_t> mail_server() const {
    for (std::size_t i = 0; i < sequence_.lanes.size(); ++i)
      if (sequence_.lanes[i].title == "mail server") return i;
    return std::nullopt;
  }

  const TestView& test_;
  Sequence sequence_;
  std::size_t step_ = 0;
  std::map<std::string, std::size_t> seen_;  // arrows of this step, by what they say
  std::optional<Talk> talk_;
  std::vector<const RecordView*> verdicts_;     // that wait for their message
  std::map<std::string, std::size_t> systems_;  // by host and port
  std::optional<std::size_t> system_;           // whom HTTP was spoken with last
  std::optional<std::size_t> sharer_;           // the system that was asked to share
  std::set<std::string> shared_with_;           // addresses, lower case
  std::set<std::string> sent_ids_, told_ids_;
};

}  // namespace

Sequence sequence_of(const TestView& test) { return Builder(test).build(); }

bool is_worth_a_picture(const Sequence& sequence) { return sequence.lanes.size() > 2 && sequence.arrows.size() > 1; }

}  // namespace bb::report
