// IMAP (RFC 3501), as much of it as a client needs that polls its INBOX: LOGIN, SELECT,
// FETCH, STORE, EXPUNGE, SEARCH ALL, NOOP, STARTTLS.
#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "mailroom/mail_session.hpp"

namespace bb::mailroom {
namespace {

// All of the text as a number; false, and `number` may be anything: it is none.
template <class Number>
bool read_number(std::string_view digits, Number& number) {
  const auto end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number);
  return error == std::errc() && stop == end;
}

// What ends a line, as "{12}" or "{12+}" (RFC 3501, 4.3; RFC 7888): that many bytes
// come behind it, and then the command goes on.
struct Literal {
  std::size_t bytes = 0;
  std::size_t at = 0;       // of the brace, in the line
  bool is_awaited = false;  // the client waits until it is asked to go on
};
std::optional<Literal> literal_at_end(std::string_view line) {
  const auto at = line.rfind('{');
  if (!line.ends_with('}') || at == std::string_view::npos) return std::nullopt;
  auto digits = line.substr(at + 1, line.size() - at - 2);
  Literal literal{0, at, !digits.ends_with('+')};
  if (!literal.is_awaited) digits.remove_suffix(1);
  return read_number(digits, literal.bytes) ? std::optional(literal) : std::nullopt;
}

// Atoms, quoted strings and literals, which are in `literals` and stand in `text` as NUL
// each; a list in parentheses is one word. nullopt: none of these.
std::optional<std::vector<std::string>> read_words(std::string_view text, const std::vector<std::string>& literals) {
  std::vector<std::string> words;
  auto literal = literals.begin();
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '\0') {
      if (literal == literals.end()) return std::nullopt;
      words.push_back(*literal++);
      ++at;
      continue;
    }
    if (text[at] == ' ') {
      ++at;
    } else if (text[at] == '"') {
      std::string word;
      for (++at; at < text.size() && text[at] != '"'; ++at) {
        if (text[at] == '\\' && ++at == text.size()) return std::nullopt;
        word += text[at];
      }
      if (at++ == text.size()) return std::nullopt;
      words.push_back(std::move(word));
    } else if (text[at] == '(') {
      const auto end = text.find(')', at);
      if (end == std::string_view::npos) return std::nullopt;
      words.emplace_back(text.substr(at + 1, end - at - 1));
      at = end + 1;
    } else {
      const auto end = std::min(text.find(' ', at), text.size());
      words.emplace_back(text.substr(at, end - at));
      at = end;
    }
  }
  return words;
}

// "1:*", "3", "1,4:7" (RFC 3501, 9: sequence-set); `last` is what '*' means.
struct Range {
  std::uint32_t from = 0, until = 0;
};
std::optional<std::vector<Range>> read_set(std::string_view text, std::uint32_t last) {
  std::vector<Range> ranges;
  for (const auto& part : split(text, ',')) {
    const auto ends = split(part, ':');
    if (ends.size() > 2) return std::nullopt;
    std::vector<std::uint32_t> numbers;
    for (const auto& end : ends) {
      std::uint32_t number = last;
      if (end != "*" && (!read_number(end, number) || number == 0)) return std::nullopt;
      numbers.push_back(number);
    }
    ranges.push_back({std::min(numbers.front(), numbers.back()), std::max(numbers.front(), numbers.back())});
  }
  return ranges;
}

// What of a message FETCH asks for: "RFC822", "BODY.PEEK[HEADER]<0.1000>" (RFC 3501, 6.4.5).
struct Section {
  std::string answered_as;  // "BODY[HEADER]<0>"
  bool is_header = false;
  bool is_peek = false;
  std::size_t from = 0;
  std::size_t bytes_max = std::string::npos;

  std::string_view of(std::string_view message) const {
    const auto text = is_header ? header_of(message) : message;
    return text.substr(std::min(from, text.size()), bytes_max);
  }
};
std::optional<Section> read_section(std::string_view item) {
  Section section;
  section.answered_as = item;
  if (item == "RFC822") return section;
  section.is_peek = item.starts_with("BODY.PEEK[");
  if (!section.is_peek && !item.starts_with("BODY[")) return std::nullopt;
  const auto begin = item.find('[') + 1;
  const auto end = item.find(']');
  if (end == std::string_view::npos) return std::nullopt;
  const auto name = item.substr(begin, end - begin);
  section.is_header = name == "HEADER";
  if (!section.is_header && !name.empty()) return std::nullopt;
  section.answered_as = fmt::format("BODY[{}]", name);
  const auto partial = item.substr(end + 1);
  if (partial.empty()) return section;
  const auto dot = partial.find('.');
  if (partial.front() != '<' || partial.back() != '>' || dot == std::string_view::npos) return std::nullopt;
  if (!read_number(partial.substr(1, dot - 1), section.from) ||
      !read_number(partial.substr(dot + 1, partial.size() - dot - 2), section.bytes_max) || section.bytes_max == 0)
    return std::nullopt;
  section.answered_as += fmt::format("<{}>", section.from);
  return section;
}

class Imap {
 public:
  Imap(Peer& peer, Mailboxes& mailboxes) : peer_(peer), mailboxes_(mailboxes) {}

  void run() {
    say(fmt::format("* OK [CAPABILITY {}] mail room for tests", capabilities()));
    while (is_open_ && mistakes_ < mistakes_max) {
      std::vector<std::string> literals;
      const auto line = read_command(literals);
      if (!line) return;
      const auto blank = line->find(' ');
      tag_ = line->substr(0, blank);
      const auto [word, rest] = first_word(blank == std::string::npos ? "" : std::string_view(*line).substr(blank + 1));
      const auto words = read_words(rest, literals);
      if (tag_.empty() || word.empty() || !words)
        refuse("BAD", "not a command");
      else
        obey(word, *words);
    }
    if (is_open_) say("* BYE too many mistakes");
  }

 private:
  struct Mail {
    std::uint32_t uid = 0;
    std::size_t bytes = 0;
    bool is_seen = false;
    bool is_deleted = false;
  };

  // A line, and those that its literals lead to; nullopt: the client went, or sent more
  // than a command may have.
  std::optional<std::string> read_command(std::vector<std::string>& literals) {
    std::string command;
    for (std::size_t bytes = 0;;) {
      auto line = peer_.read_line(command_bytes_max);
      if (!line || line->find('\0') != std::string::npos) return std::nullopt;
      bytes += line->size();
      const auto literal = literal_at_end(*line);
      if (bytes > command_bytes_max || (literal && literal->bytes > command_bytes_max - bytes)) {
        say("* BYE a command may have 8 KiB");
        return std::nullopt;
      }
      if (!literal) return command + *line;
      if (literal->is_awaited) say("+ go on");
      auto content = peer_.read_exactly(literal->bytes);
      if (!content) return std::nullopt;
      bytes += literal->bytes;
      literals.push_back(*std::move(content));
      command += line->substr(0, literal->at) + '\0';
    }
  }

  void say(std::string_view line) { is_open_ = peer_.write(std::string(line) + "\r\n") && is_open_; }
  void done(std::string_view text = "done") { say(fmt::format("{} OK {}", tag_, text)); }
  void refuse(std::string_view word, std::string_view why) {
    ++mistakes_;
    say(fmt::format("{} {} {}", tag_.empty() ? "*" : tag_, word, why));
  }
  std::string capabilities() const {
    return peer_.is_protected() ? "IMAP4rev1 LITERAL+ AUTH=PLAIN" : "IMAP4rev1 LITERAL+ STARTTLS LOGINDISABLED";
  }

  void obey(const std::string& word, const std::vector<std::string>& words) {
    if (word == "CAPABILITY") return say("* CAPABILITY " + capabilities()), done();
    if (word == "LOGOUT") return say("* BYE"), done(), void(is_open_ = false);
    if (word == "NOOP" || word == "CHECK") return look_for_new(), done();
    if (word == "STARTTLS" && !peer_.is_protected()) return done("begin"), void(is_open_ = peer_.start_tls());
    if (word == "LOGIN" && words.size() == 2) return sign_in(words[0], words[1]);
    if (word == "AUTHENTICATE" && words.size() == 1 && iequals(words[0], "PLAIN")) return authenticate();
    if (user_.empty()) return refuse("BAD", "sign in first");
    if ((word == "SELECT" || word == "EXAMINE") && words.size() == 1) return select(words[0], word == "SELECT");
    if (!is_selected_) return refuse("BAD", "select a mailbox first");
    if (word == "CLOSE") return expunge(false), void(is_selected_ = false), done();
    if (word == "EXPUNGE") return expunge(true), done();
    const bool is_by_uid = word == "UID" && !words.empty();
    const auto verb = is_by_uid ? first_word(words[0]).first : word;
    const std::vector<std::string> rest(words.begin() + (is_by_uid ? 1 : 0), words.end());
    if (verb == "FETCH" && rest.size() == 2) return fetch(rest, is_by_uid);
    if (verb == "STORE" && rest.size() == 3) return store(rest, is_by_uid);
    if (verb == "SEARCH" && rest.size() == 1 && iequals(rest[0], "ALL")) return search(is_by_uid);
    refuse("BAD", "not a command of this server");
  }

  void authenticate() {
    say("+ ");
    const auto response = peer_.read_line(command_bytes_max);
    if (!response) return void(is_open_ = false);
    const auto plain = read_plain(*response);
    if (!plain) return refuse("BAD", "not a response of PLAIN");
    sign_in(plain->user, plain->password);
  }

  void sign_in(const std::string& user, const std::string& password) {
    if (!peer_.is_protected()) return refuse("NO", "[PRIVACYREQUIRED] begin TLS first");
    if (!mailboxes_.is_password(user, password)) return refuse("NO", "[AUTHENTICATIONFAILED] who is this?");
    user_ = user;
    done();
  }

  void select(const std::string& name, bool is_writable) {
    is_selected_ = iequals(name, "INBOX");
    if (!is_selected_) return refuse("NO", "there is INBOX alone");
    is_writable_ = is_writable;
    mails_.clear();
    add_new();
    say("* FLAGS (\\Seen \\Deleted)");
    say(fmt::format("* {} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY {}] stays", mails_.size(),
                    mailboxes_.generation()));
    done(is_writable ? "[READ-WRITE] selected" : "[READ-ONLY] selected");
  }

  // Whether there are some.
  bool add_new() {
    const auto count = mails_.size();
    for (const auto& entry : mailboxes_.list(user_))
      if (mails_.empty() || entry.uid > mails_.back().uid) mails_.push_back({entry.uid, entry.bytes, entry.is_seen});
    return mails_.size() > count;
  }

  void look_for_new() {
    if (is_selected_ && add_new()) say(fmt::format("* {} EXISTS", mails_.size()));
  }

  // The places in the list of those that a set names.
  std::optional<std::vector<std::size_t>> named(std::string_view set, bool is_by_uid) const {
    const auto last = mails_.empty() ? 0 : is_by_uid ? mails_.back().uid : static_cast<std::uint32_t>(mails_.size());
    const auto ranges = read_set(set, last);
    if (!ranges) return std::nullopt;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < mails_.size(); ++i) {
      const auto number = is_by_uid ? mails_[i].uid : static_cast<std::uint32_t>(i + 1);
      if (std::any_of(ranges->begin(), ranges->end(),
                      [&](const Range& range) { return number >= range.from && number <= range.until; }))
        places.push_back(i);
    }
    return places;
  }

  static std::string flags_of(const Mail& mail) {
    return fmt::format("FLAGS ({}{}{})", mail.is_seen ? "\\Seen" : "", mail.is_seen && mail.is_deleted ? " " : "",
                       mail.is_deleted ? "\\Deleted" : "");
  }

  void fetch(const std::vector<std::string>& words, bool is_by_uid) {
    const auto places = named(words[0], is_by_uid);
    if (!places) return refuse("BAD", "not a set of numbers");
    std::set<std::string> wanted;
    std::vector<Section> sections;
    for (const auto& each : split(words[1], ' ')) {
      const auto item = first_word(each).first;
      if (const auto section = read_section(item))
        sections.push_back(*section);
      else if (item == "UID" || item == "FLAGS" || item == "RFC822.SIZE")
        wanted.insert(item);
      else
        return refuse("BAD", "UID, FLAGS, RFC822.SIZE, RFC822, BODY and BODY.PEEK with [] or [HEADER] alone");
    }
    if (is_by_uid) wanted.insert("UID");
    for (const auto place : *places) give(place, wanted, sections);
    done();
  }

  void give(std::size_t place, const std::set<std::string>& wanted, const std::vector<Section>& sections) {
    auto& mail = mails_[place];
    std::vector<std::string> items;
    if (wanted.contains("UID")) items.push_back(fmt::format("UID {}", mail.uid));
    if (wanted.contains("RFC822.SIZE")) items.push_back(fmt::format("RFC822.SIZE {}", mail.bytes));
    for (const auto& section : sections) {
      const auto message = mailboxes_.read(user_, mail.uid);
      if (!message) return;  // taken out by another client
      const auto text = section.of(*message);
      items.push_back(fmt::format("{} {{{}}}\r\n{}", section.answered_as, text.size(), text));
      if (!section.is_peek && is_writable_) mailboxes_.mark_seen(user_, mail.uid, mail.is_seen = true);
    }
    if (wanted.contains("FLAGS")) items.push_back(flags_of(mail));
    say(fmt::format("* {} FETCH ({})", place + 1, join(items, " ")));
  }

  void store(const std::vector<std::string>& words, bool is_by_uid) {
    const auto places = named(words[0], is_by_uid);
    const auto how = first_word(words[1]).first;
    const bool is_silent = how.ends_with(".SILENT");
    const auto kind = how.substr(0, how.size() - (is_silent ? 7 : 0));
    if (!places || (kind != "FLAGS" && kind != "+FLAGS" && kind != "-FLAGS"))
      return refuse("BAD", "expected a set of numbers, FLAGS, +FLAGS or -FLAGS, and flags");
    if (!is_writable_) return refuse("NO", "the mailbox is open for reading alone");
    const auto flags = " " + to_lower(words[2]) + " ";
    const bool has_seen = flags.find(" \\seen ") != std::string::npos;
    const bool has_deleted = flags.find(" \\deleted ") != std::string::npos;
    const auto changed = [&](bool now, bool is_named) {
      return kind == "FLAGS" ? is_named : is_named ? kind == "+FLAGS" : now;
    };
    for (const auto place : *places) {
      auto& mail = mails_[place];
      mail.is_seen = changed(mail.is_seen, has_seen);
      mail.is_deleted = changed(mail.is_deleted, has_deleted);
      mailboxes_.mark_seen(user_, mail.uid, mail.is_seen);
      if (!is_silent) say(fmt::format("* {} FETCH (UID {} {})", place + 1, mail.uid, flags_of(mail)));
    }
    done();
  }

  void expunge(bool is_told) {
    for (std::size_t i = 0; is_writable_ && i < mails_.size();) {
      if (!mails_[i].is_deleted) {
        ++i;
        continue;
      }
      mailboxes_.remove(user_, mails_[i].uid);
      mails_.erase(mails_.begin() + static_cast<std::ptrdiff_t>(i));
      if (is_told) say(fmt::format("* {} EXPUNGE", i + 1));
    }
  }

  void search(bool is_by_uid) {
    std::string line = "* SEARCH";
    for (std::size_t i = 0; i < mails_.size(); ++i) line += fmt::format(" {}", is_by_uid ? mails_[i].uid : i + 1);
    say(line);
    done();
  }

  Peer& peer_;
  Mailboxes& mailboxes_;
  bool is_open_ = true;
  bool is_selected_ = false;
  bool is_writable_ = false;
  int mistakes_ = 0;
  std::string tag_;
  std::string user_;
  std::vector<Mail> mails_;  // as far as the client was told
};

}  // namespace

void serve_imap(Peer& peer, Mailboxes& mailboxes, const MailOptions&) { Imap(peer, mailboxes).run(); }

}  // namespace bb::mailroom
