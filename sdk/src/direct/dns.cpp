#include <bb/direct/dns.hpp>

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "dns_wire.hpp"

namespace bb::direct {
namespace {

constexpr int code_no_error = 0;
constexpr int code_form_error = 1;
constexpr int code_no_name = 3;
constexpr int code_not_implemented = 4;
// Answers to other questions that are passed over while the right one is waited for.
constexpr std::size_t strays_max = 20;

// Why it is no answer to the query, whatever else it may be (RFC 5452, 9.1).
std::optional<std::string> stray(const DnsMessage& message, const DnsQuery& query) {
  if (message.id != query.id) return fmt::format("its number is {}, the question's {}", message.id, query.id);
  if (!message.is_answer) return "it is a question";
  if (message.operation != 0) return fmt::format("it is of another operation ({})", message.operation);
  // RFC 6891, 7, and RFC 1035: who could not read the question may leave it out.
  if (message.questions.empty() && message.code == code_form_error) return std::nullopt;
  if (message.questions.size() != 1) return fmt::format("it is of {} questions, not 1", message.questions.size());
  const auto& question = message.questions.front();
  if (question.name != query.question.name || question.type != query.question.type)
    return fmt::format("it is of {} {}, asked was {} {}", question.name, word_of(question.type), query.question.name,
                       word_of(query.question.type));
  return std::nullopt;
}

// One question to one server, until there is an answer that is believed.
class Exchange {
 public:
  Exchange(Connections& connections, const DnsOptions& options, const Endpoint& server, DnsQuestion question,
           DnsAnswer& answer)
      : connections_(connections), options_(options), server_(server), answer_(answer) {
    query_ = {std::move(question), 0, options.is_recursive, options.edns_bytes};
  }

  Result<DnsMessage> run() {
    auto message = over_udp();
    const bool may_lack_edns =
        message && query_.edns_bytes != 0 &&
        (message->code == code_form_error || message->code == code_not_implemented);  // RFC 6891, 7
    if (may_lack_edns) {
      query_.edns_bytes = 0;
      message = over_udp();
    }
    if (!message) return is_silent() ? instead_over_tcp(message.error()) : std::move(message);
    answer_.is_over_tcp = message->is_truncated;
    // RFC 7766, 5: what is truncated is asked for anew over TCP.
    return answer_.is_over_tcp ? over_tcp() : std::move(message);
  }

  Trouble trouble() const { return trouble_; }
  // Nobody answers, or not in time.
  bool is_silent() const { return trouble_ == Trouble::timed_out || trouble_ == Trouble::unavailable; }

 private:
  // RFC 7766, 5: TCP may be used at any time; what loses datagrams may let it through.
  Result<DnsMessage> instead_over_tcp(const Error& over_udp) {
    auto message = over_tcp();
    if (!message) return Error{fmt::format("{}; over TCP: {}", over_udp.what, message.error().what)};
    answer_.is_over_tcp = true;
    return message;
  }

  bool is_over() const { return trouble_ == Trouble::forbidden || trouble_ == Trouble::cancelled; }

  Result<std::string> next_query() {
    const auto bytes = options_.random(2);
    if (bytes.size() != 2) return Error{"no random number for a DNS question"};
    query_.id =
        static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[0]) << 8 | static_cast<unsigned char>(bytes[1]));
    return write_dns_query(query_);
  }

  bool is_numbered_as_asked(std::string_view bytes) const {
    return bytes.size() >= 2 && static_cast<unsigned char>(bytes[0]) == query_.id >> 8 &&
           static_cast<unsigned char>(bytes[1]) == (query_.id & 0xff);
  }

  Error refused(const std::string& why) {
    trouble_ = Trouble::none;
    return Error{"the answer is refused: " + why};
  }

  Error fail(const Error& error, Trouble trouble) {
    trouble_ = trouble;
    if (answer_.refused.empty()) return error;
    return Error{fmt::format("{}; an answer was refused: {}", error.what, answer_.refused.back())};
  }

  Result<DnsMessage> over_udp() {
    Result<DnsMessage> last = Error{"no question was sent"};
    for (int i = 0; i < std::max(options_.attempts_max, 1) && !last && !is_over(); ++i) last = one_over_udp();
    return last;
  }

  // With a socket of its own each time, for its port is as good as a number (RFC 5452, 9.2).
  Result<DnsMessage> one_over_udp() {
    auto server = server_;
    server.transport = Transport::udp;
    const auto stream = connections_.open(server);
    if (!stream) return fail(stream.error(), connections_.trouble());
    BB_TRY(const auto query, next_query());
    if (const auto sent = (*stream)->write(query); !sent) return fail(sent.error(), (*stream)->trouble());
    ++answer_.questions;
    for (std::size_t i = 0; i < strays_max; ++i) {
      const auto bytes = (*stream)->read(dns_message_bytes_max);
      if (!bytes) return fail(bytes.error(), (*stream)->trouble());
      auto message = read_dns_message(*bytes);
      const auto why = message ? stray(*message, query_) : message.error().what;
      if (!why) return believed(*std::move(message));
      answer_.refused.push_back(*why);
      // Under another number it may be anybody's: the right one may still come.
      if (is_numbered_as_asked(*bytes)) return refused(*why);
    }
    return fail(Error{fmt::format("{} answers, and none to the question", strays_max)}, Trouble::none);
  }

  Result<DnsMessage> over_tcp() {
    auto server = server_;
    server.transport = Transport::tcp;
    const auto stream = connections_.open(server);
    if (!stream) return fail(stream.error(), connections_.trouble());
    BB_TRY(const auto query, next_query());
    std::string framed{static_cast<char>(query.size() >> 8), static_cast<char>(query.size() & 0xff)};
    framed += query;
    if (const auto sent = (*stream)->write(framed); !sent) return fail(sent.error(), (*stream)->trouble());
    ++answer_.questions;
    BB_TRY(const auto prefix, read_exactly(**stream, 2));
    const std::size_t size = static_cast<std::size_t>(static_cast<unsigned char>(prefix[0])) << 8 |
                             static_cast<std::size_t>(static_cast<unsigned char>(prefix[1]));
    BB_TRY(const auto bytes, read_exactly(**stream, size));
    auto message = read_dns_message(bytes);
    const auto why = message ? stray(*message, query_) : message.error().what;
    if (why) return refused(*why + ", over TCP");
    if (message->is_truncated) return refused("it is truncated, over TCP");
    return believed(*std::move(message));
  }

  Result<std::string> read_exactly(Stream& stream, std::size_t size) {
    std::string bytes;
    while (bytes.size() < size) {
      const auto more = stream.read(size - bytes.size());
      if (!more) return fail(more.error(), stream.trouble());
      if (more->empty())
        return fail(Error{fmt::format("the server closed after {} of {} bytes of an answer", bytes.size(), size)},
                    Trouble::unavailable);
      bytes += *more;
    }
    return bytes;
  }

  DnsMessage believed(DnsMessage message) {
    trouble_ = Trouble::none;
    return message;
  }

  Connections& connections_;
  const DnsOptions& options_;
  const Endpoint& server_;
  DnsAnswer& answer_;
  DnsQuery query_;
  Trouble trouble_ = Trouble::none;
};

// Follows the aliases in a message, and takes the records of the name at their end.
class Follower {
 public:
  Follower(DnsType type, int aliases_max, DnsAnswer& answer)
      : type_(type), aliases_max_(aliases_max), answer_(answer) {}

  // The name that has to be asked for next; none where this message says it all.
  Result<std::optional<std::string>> follow(std::string name, const DnsMessage& message) {
    std::vector<std::string> names{name};
    while (const auto* alias = alias_of(name, message)) {
      if (answer_.aliases.size() >= static_cast<std::size_t>(aliases_max_))
        return Error{fmt::format("more than {} aliases, the last is {}", aliases_max_, alias->host)};
      answer_.aliases.push_back(alias->host);
      name = alias->host;
      names.push_back(name);
    }
    for (const auto& record : message.records) {
      if (std::find(names.begin(), names.end(), record.owner) == names.end() &&
          (record.type == type_ || record.type == DnsType::cname))
        return Error{fmt::format("the answer holds a record of {}, asked was {}", record.owner, join(names, ", "))};
      if (record.type == type_ && record.owner == name) answer_.records.push_back(record);
    }
    if (!answer_.records.empty()) answer_.state = DnsAnswer::State::found;
    if (message.code == code_no_name) answer_.state = DnsAnswer::State::no_name;
    const bool is_done = answer_.state != DnsAnswer::State::no_record || names.size() == 1;
    if (is_done) return std::optional<std::string>();
    return std::optional<std::string>(std::move(name));
  }

 private:
  const DnsRecord* alias_of(const std::string& name, const DnsMessage& message) const {
    if (type_ == DnsType::cname) return nullptr;
    const auto found = std::find_if(message.records.begin(), message.records.end(), [&](const DnsRecord& record) {
      return record.type == DnsType::cname && record.owner == name;
    });
    return found == message.records.end() ? nullptr : &*found;
  }

  DnsType type_;
  int aliases_max_;
  DnsAnswer& answer_;
};

}  // namespace

std::string_view word_of(DnsType type) {
  switch (type) {
    case DnsType::a:
      return "A";
    case DnsType::cname:
      return "CNAME";
    case DnsType::mx:
      return "MX";
    case DnsType::aaaa:
      return "AAAA";
    case DnsType::srv:
      return "SRV";
    case DnsType::cert:
      return "CERT";
  }
  return "another type";
}

Resolver::Resolver(Connections& connections, DnsOptions options)
    : connections_(connections), options_(std::move(options)) {}

std::string Resolver::server() const {
  const auto& asked = endpoint();
  return asked.host.empty() ? std::string("dns") : fmt::format("dns {}:{}", asked.host, asked.port);
}

const Endpoint& Resolver::endpoint() const {
  return current_ == 0 ? options_.server : options_.further_servers[current_ - 1];
}

Result<DnsMessage> Resolver::exchange(const std::string& name, DnsType type, DnsAnswer& answer) {
  const auto server_count = options_.further_servers.size() + 1;
  for (std::size_t asked = 1;; ++asked) {
    Exchange exchange(connections_, options_, endpoint(), {name, type}, answer);
    auto message = exchange.run();
    trouble_ = exchange.trouble();
    if (message || !exchange.is_silent() || asked == server_count) return message;
    answer.silent.push_back(server() + ": " + message.error().what);
    current_ = (current_ + 1) % server_count;
  }
}

Result<DnsAnswer> Resolver::ask(std::string_view name, DnsType type) {
  trouble_ = Trouble::none;
  const auto about = [&](const Error& error) {
    return Error{fmt::format("{} {}, asked of {}: {}", name, word_of(type), server(), error.what)};
  };
  auto canonical = canonical_dns_name(name);
  if (!canonical) return std::move(canonical).error();
  DnsAnswer answer;
  Follower follower(type, options_.aliases_max, answer);
  std::optional<std::string> next = *std::move(canonical);
  // Each round but the last adds an alias, and those are bounded.
  while (next) {
    const auto message = exchange(*next, type, answer);
    if (!message) return about(message.error());
    if (message->code != code_no_error && message->code != code_no_name)
      return about(Error{fmt::format("the server says {}", dns_code_word(message->code))});
    auto followed = follower.follow(*next, *message);
    if (!followed) return about(followed.error());
    next = *std::move(followed);
  }
  return answer;
}

}  // namespace bb::direct
