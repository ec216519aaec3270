#include "harness/documents/mail_view.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>
#include <bb/core/bytes.hpp>
#include <bb/core/text.hpp>
#include <bb/direct/address.hpp>
#include <bb/direct/message.hpp>
#include <bb/direct/notification.hpp>
#include <bb/xml/line_counter.hpp>

#include "harness/documents/cms_view.hpp"
#include "harness/documents/kind_package.hpp"
#include "harness/documents/mail_forms.hpp"
#include "harness/documents/mail_patient.hpp"

namespace bb::documents {
namespace {

using direct::Encryption;
using direct::Entity;
using direct::Field;
using direct::Layers;

constexpr std::size_t element_count_max = 100'000;  // of fields and parts
constexpr std::size_t line_bytes_max = 998;         // RFC 5322, 2.1.1, without its end
constexpr int opened_depth_max = 4;                 // messages in messages that are encoded

// What is judged of the inside of a mail alone.
constexpr std::string_view inside_rows =
    "DIRECT-MSG-01 to -05, -07, -10, -13 to -15, ALG-01, -03, -05, SEC-03 to -07, -09, CERT, MDN, DN, HDR inside";

// What the outside of a message that is encrypted shows.
bool is_of_the_inside(std::string_view requirement) {
  constexpr std::array<std::string_view, 8> of_the_outside{"DIRECT-MSG-08", "DIRECT-ALG-04",  "DIRECT-ALG-06",
                                                           "DIRECT-SEC-10", "DIRECT-HDR-02",  "DIRECT-HDR-07-b",
                                                           "DIRECT-HDR-12", "DIRECT-HDR-14-b"};
  return std::find(of_the_outside.begin(), of_the_outside.end(), requirement) == of_the_outside.end();
}

bool is_of_anchors(std::string_view requirement) {
  return requirement == "DIRECT-SEC-05" || requirement == "DIRECT-SEC-06";
}

bool is_header_row(std::string_view requirement) { return requirement.starts_with("DIRECT-HDR-"); }

std::string_view yes(bool is_so) { return is_so ? "yes" : "no"; }

// " sha256 sha512 " of "sha-256, sha-512": of several signatures micalg names each digest (RFC 8551, 3.5.3.2).
std::string digest_words(std::string_view micalg) {
  std::string words = " ";
  for (const auto& word : split(micalg, ',')) words += replace_all(trim(word), "-", "") + " ";
  return words;
}

std::string_view word_of(direct::FinalDelivery asked) {
  return asked == direct::FinalDelivery::asked        ? "asked"
         : asked == direct::FinalDelivery::ill_formed ? "ill-formed"
                                                      : "not-asked";
}

bool is_control(char c) { return (c >= 0 && c < ' ' && c != '\t') || c == 0x7f; }

// The lines of a file, in one pass.
struct Lines {
  std::size_t crlf = 0;
  std::size_t lf = 0;  // alone
  std::size_t cr = 0;
  std::size_t longest = 0;  // in bytes, without its end
  std::size_t longest_line = 1;

  explicit Lines(std::string_view text) {
    std::size_t begin = 0;
    std::size_t number = 1;
    const auto end_line = [&](std::size_t end) {
      if (end - begin > longest) {
        longest = end - begin;
        longest_line = number;
      }
      ++number;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '\r' && text[i] != '\n') continue;
      end_line(i);
      const bool is_pair = text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
      ++(is_pair ? crlf : text[i] == '\r' ? cr : lf);
      if (is_pair) ++i;
      begin = i + 1;
    }
    end_line(text.size());
  }

  std::string_view ends() const {
    const int kinds = (crlf > 0) + (lf > 0) + (cr > 0);
    return kinds > 1 ? "mixed" : crlf > 0 ? "CRLF" : lf > 0 ? "LF" : cr > 0 ? "CR" : "none";
  }
};

std::vector<std::string> lower_mailboxes(const Entity& message, std::initializer_list<std::string_view> names) {
  std::set<std::string> found;
  for (const auto& field : message.fields)
    for (const auto& name : names)
      if (iequals(field.name, name))
        if (const auto mailboxes = direct::read_mailboxes(field.value))
          for (const auto& mailbox : *mailboxes) found.insert(to_lower(mailbox));
  return {found.begin(), found.end()};
}

std::vector<std::string> senders_of(const Entity& message) { return lower_mailboxes(message, {"from"}); }
std::vector<std::string> recipients_of(const Entity& message) { return lower_mailboxes(message, {"to", "cc", "bcc"}); }

std::optional<std::int64_t> date_of(const Entity& message) { return mail_time(message.value("date")); }

class MailView {
 public:
  MailView(std::string_view bytes, std::string_view format, const MailSettings& settings)
      : settings_(settings),
        has_mark_(bytes.starts_with(utf8_mark)),
        mail_(bytes.substr(has_mark_ ? utf8_mark.size() : 0)),
        lines_of_file_(mail_),
        lines_(bytes),
        view_("mail", {1, 1}, "the mail") {
    view_.set("format", format);
  }

  Look look() && {
    view_.set("direct-as", settings_.direct_as);
    view_.set("byte-order-mark", yes(has_mark_));
    view_.set("line-ends", lines_of_file_.ends());
    view_.set("longest-line", std::to_string(lines_of_file_.longest));
    view_.set("zero-bytes", yes(mail_.find('\0') != std::string_view::npos));
    const auto outer = direct::read_entity(mail_);
    auto layers = direct::look_through(mail_, settings_.keys);
    if (!outer || !layers) {
      view_.set("problem", outer ? layers.error().what : outer.error().what);
    } else {
      layers_ = *std::move(layers);
      add_layers(*outer);
    }
    add_long_line();
    look_.view = std::move(view_).take();
    return std::move(look_);
  }

 private:
  void add_long_line() {
    if (lines_of_file_.longest <= line_bytes_max) return;
    view_.open("long-line", {static_cast<int>(lines_of_file_.longest_line), 1});
    view_.set("length", std::to_string(lines_of_file_.longest));
    view_.close();
  }

  // Whether an entity stands in the file, so that its places are lines of it.
  enum class Origin { file, elsewhere };

  xml::Position place(const Entity& entity, Origin origin) { return place(entity.offset, origin); }
  xml::Position place(std::size_t offset, Origin origin) {
    return origin == Origin::file ? lines_.at(offset + (has_mark_ ? utf8_mark.size() : 0)) : xml::Position{0, 0};
  }

  void add_layers(const Entity& outer) {
    inner_ = direct::read_entity(layers_.message);
    const bool has_inner = layers_.is_wrapped && !layers_.message.empty() && inner_;
    const auto date = has_inner && date_of(*inner_) ? date_of(*inner_) : date_of(outer);
    at_ = settings_.at ? *settings_.at : date.value_or(present_seconds());
    const bool is_closed = layers_.encryption == Encryption::closed;
    view_.set("at", moment(at_));
    view_.set("at-from", settings_.at ? "given" : date ? "message" : "now");
    if (layers_.is_signed || is_closed)
      look_.judged_by =
          fmt::format("the Applicability Statement {}, certificates at {} ({})", settings_.direct_as, moment(at_),
                      settings_.at ? "as asked"
                      : date       ? "the mail's Date"
                                   : "now");
    view_.set("encryption", is_closed ? "closed" : layers_.encryption == Encryption::opened ? "opened" : "none");
    view_.set("why-closed", layers_.why_closed);
    view_.set("envelope", yes(layers_.envelope.has_value()));
    view_.set("has-key", yes(layers_.has_key));
    view_.set("keys", std::to_string(settings_.keys.size()));
    view_.set("anchors", std::to_string(settings_.anchors.size()));
    view_.set("signed", yes(layers_.is_signed));
    view_.set("wrapped", yes(layers_.is_wrapped));
    expects_inner_ = has_inner;
    add_message(outer, layers_.is_wrapped || is_closed ? "outer" : "only", Origin::file);
    say_unjudged(is_closed);
  }

  void say_unjudged(bool is_closed) {
    if (is_closed) {
      look_.unjudged.push_back(
          {std::string(inside_rows), "the message is encrypted: " + layers_.why_closed, 1, is_of_the_inside});
      // What is damaged is a finding; what nobody has a key for cannot be judged.
      if (layers_.envelope && settings_.keys.empty())
        look_.missing.push_back("what is encrypted was not looked at: give the recipient's key with --key");
      else if (layers_.envelope && !layers_.has_key)
        look_.missing.push_back("what is encrypted was not looked at: " + layers_.why_closed);
    } else if (layers_.is_signed) {
      if (settings_.anchors.empty())
        look_.unjudged.push_back({"DIRECT-SEC-05, -06", "no trust anchor is given (--anchor)", 1, is_of_anchors});
      if (const auto why = why_no_revocation(settings_); !why.empty())
        look_.unjudged.push_back({"DIRECT-CERT-11", why});
    }
    if (is_cut_)
      look_.unjudged.push_back({"DIRECT-HDR",
                                fmt::format("of its fields and parts the first {} were looked at", element_count_max),
                                1, is_header_row});
    if (is_too_deep_)
      look_.unjudged.push_back(
          {"DIRECT-HDR", fmt::format("messages in messages more than {} deep were not looked at", opened_depth_max), 1,
           is_header_row});
  }

  bool is_full() {
    if (++element_count_ > element_count_max) is_cut_ = true;
    return is_cut_;
  }

  void add_message(const Entity& message, std::string_view of, Origin origin) {
    const auto before = path_;
    path_ =
        path_.empty() ? fmt::format("{} message", of == "only" ? "the" : of) : path_ + fmt::format(" > {} message", of);
    if (of == "inner") path_ = "inner message";
    const auto number = std::exchange(part_number_, std::string());
    const auto had_xdm = std::exchange(has_xdm_, false);
    view_.open("message", place(message, origin), path_);
    view_.set("of", of);
    const auto senders = senders_of(message);
    view_.set("from", join(senders, " "));
    view_.set("senders", std::to_string(senders.size()));
    const auto recipients = recipients_of(message);
    view_.set("recipients", join(recipients, " "));
    const bool is_around_another = of == "outer" && expects_inner_;
    if (is_around_another) add_differences(message, recipients);
    view_.set("final-delivery", word_of(direct::asked_of(message)));
    add_fields(message, origin, is_around_another ? MailPatients(*inner_) : MailPatients());
    add_notification(message, origin);
    add_part(message, origin, true);
    view_.set("xdm", yes(has_xdm_));
    view_.close();
    has_xdm_ = had_xdm || has_xdm_;
    part_number_ = number;
    path_ = before;
  }

  // What the outside says and the inside does not (DIRECT-SEC-09).
  void add_differences(const Entity& outer, const std::vector<std::string>& recipients) {
    view_.set("inner-from", join(senders_of(*inner_), " "));
    view_.set("inner-subject", inner_->value("subject"));
    const auto inside = recipients_of(*inner_);
    std::vector<std::string> strange;
    std::set_difference(recipients.begin(), recipients.end(), inside.begin(), inside.end(),
                        std::back_inserter(strange));
    view_.set("strange-recipients", join(strange, " "));
    view_.set("subject", outer.value("subject"));
  }

  // `patients`: those whom the fields must not speak of (DIRECT-MSG-04).
  void add_fields(const Entity& entity, Origin origin, const MailPatients& patients) {
    std::map<std::string, int> seen;
    for (std::size_t i = 0; i < entity.fields.size() && !is_full(); ++i) {
      const auto& field = entity.fields[i];
      const auto name = to_lower(field.name);
      const auto end = i + 1 < entity.fields.size() ? entity.fields[i + 1].offset
                                                    : entity.offset + (entity.bytes.size() - entity.body.size());
      const auto raw = entity.bytes.substr(field.offset - entity.offset, end - field.offset);
      view_.open("field", place(field.offset, origin), fmt::format("{} > {}", path_, field.name));
      view_.set("name", name);
      view_.set("value", trim(field.value));
      view_.set("length", std::to_string(trim(field.value).size()));
      view_.set("lines", std::to_string(std::max<std::ptrdiff_t>(std::count(raw.begin(), raw.end(), '\n'), 1)));
      view_.set("number", std::to_string(++seen[name]));
      view_.set("ascii", yes(are_ascii(field.value)));
      view_.set("control", yes(std::any_of(field.value.begin(), field.value.end(), is_control)));
      if (const auto said = patients.said_by(name, field.value); !said.empty()) view_.set("patient", said);
      view_.close();
    }
  }

  static std::string type_of_part(const Entity& message, std::size_t number) {
    return number < message.parts.size() ? message.parts[number].type.value : std::string();
  }

  void add_notification(const Entity& message, Origin origin) {
    const auto notification = direct::read_notification(message);
    if (!notification || *notification) {
      view_.open("notification", place(message, origin), path_ + " > notification");
      view_.set("first-part", type_of_part(message, 0));
      view_.set("second-part", type_of_part(message, 1));
      if (!notification) {
        view_.set("problem", notification.error().what);
      } else {
        view_.set("disposition", (*notification)->disposition);
        view_.set("mode", (*notification)->disposition_mode);
        view_.set("final-delivery", yes((*notification)->find(direct::final_delivery) != nullptr));
        view_.set("original-option", option_of_original(message));
        std::map<std::string, int> seen;
        for (const auto& field : (*notification)->fields) {
          if (is_full()) break;
          view_.open("field", place(message, origin), fmt::format("{} > notification > {}", path_, field.name));
          const auto name = to_lower(field.name);
          view_.set("name", name);
          view_.set("value", trim(field.value));
          view_.set("number", std::to_string(++seen[name]));
          view_.close();
        }
      }
      view_.close();
    }
    const auto statuses = direct::read_delivery_status(message);
    if (!statuses) {
      view_.open("status", place(message, origin), path_ + " > delivery status");
      view_.set("problem", statuses.error().what);
      view_.close();
      return;
    }
    for (const auto& status : *statuses) {
      if (is_full()) break;
      view_.open("status", place(message, origin), path_ + " > delivery status");
      view_.set("recipient", status.recipient);
      view_.set("action", status.action);
      view_.set("code", status.status);
      view_.close();
    }
  }

  // What the message that is notified of asked for, where its header came back.
  static std::string_view option_of_original(const Entity& message) {
    for (const auto& part : message.parts) {
      const Entity* original = part.type.value == "message/rfc822" && !part.parts.empty() ? &part.parts[0] : nullptr;
      const auto header = part.type.value == "text/rfc822-headers" ? direct::read_entity(part.body)
                                                                   : Result<Entity>(Error{"no header"});
      if (header) original = &*header;
      if (original == nullptr) continue;
      return word_of(direct::asked_of(*original));
    }
    return "unknown";
  }

  std::string part_path() const {
    return part_number_.empty() ? path_ : fmt::format("{} > part {}", path_, part_number_);
  }

  // `is_whole`: a message; its fields are told already.
  void add_part(const Entity& entity, Origin origin, bool is_whole) {
    if (is_full()) return;
    view_.open("part", place(entity, origin), part_path());
    describe_part(entity);
    const auto& type = entity.type.value;
    if (is_whole && !is_outside_done_) {
      is_outside_done_ = true;
      add_outside(entity, origin);
    } else if (entity.is_multipart()) {
      add_parts(entity, origin);
    } else if (type == "message/rfc822" || type == "message/global") {
      add_wrapped(entity, origin);
    }
    view_.close();
  }

  // The layers around the message.
  void add_outside(const Entity& entity, Origin origin) {
    if (layers_.envelope) add_envelope(view_, *layers_.envelope, place(entity, origin), part_path() + " > envelope");
    if (layers_.encryption == Encryption::closed) return;
    if (layers_.encryption == Encryption::opened) {
      const auto inside = direct::read_entity(layers_.opened);
      if (!inside) return;
      part_number_ = "1";
      view_.open("part", {0, 0}, part_path());
      describe_part(*inside);
      add_signed(*inside, Origin::elsewhere);
      view_.close();
      part_number_.clear();
    } else {
      add_signed(entity, origin);
    }
  }

  void add_signed(const Entity& entity, Origin origin) {
    if (layers_.is_signed && !layers_.is_detached) {
      add_signature(entity, origin, nullptr);
      const auto inside = direct::read_entity(layers_.signed_bytes);
      if (!inside) return;
      const auto before = part_number_;
      part_number_ += part_number_.empty() ? "1" : ".1";
      add_part(*inside, Origin::elsewhere, false);
      part_number_ = before;
      return;
    }
    if (entity.is_multipart())
      add_parts(entity, origin);
    else if (entity.type.value == "message/rfc822" || entity.type.value == "message/global")
      add_wrapped(entity, origin);
    if (layers_.is_signed) add_signature(entity, origin, entity.parts.size() > 1 ? &entity.parts[1] : nullptr);
  }

  void add_parts(const Entity& entity, Origin origin) {
    const auto before = part_number_;
    int number = 0;
    for (const auto& part : entity.parts) {
      part_number_ = fmt::format("{}{}{}", before, before.empty() ? "" : ".", ++number);
      add_part(part, origin, false);
    }
    part_number_ = before;
  }

  void add_wrapped(const Entity& entity, Origin origin) {
    const auto of = std::exchange(expects_inner_, false) ? "inner" : "attached";
    if (!entity.parts.empty()) return add_message(entity.parts[0], of, origin);
    if (opened_depth_ == opened_depth_max) {
      is_too_deep_ = true;
      return;
    }
    const auto text = direct::body_of(entity);
    if (!text) return;
    const auto message = direct::read_entity(*text);
    if (!message) {
      view_.set("problem", message.error().what);
      return;
    }
    ++opened_depth_;
    add_message(*message, of, Origin::elsewhere);
    --opened_depth_;
  }

  void describe_part(const Entity& entity) {
    const auto& type = entity.type;
    const auto* written = entity.find("content-type");
    view_.set("type", type.value);
    view_.set("has-type", yes(written != nullptr));
    view_.set("written-type", trim(written == nullptr ? std::string_view() : written->value));
    view_.set("well-formed", yes(type.is_well_formed));
    for (const auto* name : {"charset", "name", "micalg"})
      if (const auto value = type.of(name); !value.empty()) view_.set(name, value);
    for (const auto* name : {"smime-type", "protocol", "report-type"})  // in any case
      if (const auto value = type.of(name); !value.empty()) view_.set(name, to_lower(value));
    view_.set("encoding", entity.encoding);
    if (entity.is_multipart()) {
      const auto boundary = type.of("boundary");
      view_.set("boundary", boundary);
      view_.set("boundary-bytes", std::to_string(boundary.size()));
      view_.set("boundary-quoted",
                yes(written != nullptr && written->value.find('"' + boundary + '"') != std::string::npos));
      view_.set("closed", yes(entity.is_closed));
      view_.set("parts", std::to_string(entity.parts.size()));
    }
    if (const auto* field = entity.find("content-disposition")) {
      const auto disposition = direct::read_parameters(field->value);
      view_.set("disposition", disposition.value);
      view_.set("written-disposition", trim(field->value));
      view_.set("disposition-well-formed", yes(disposition.is_well_formed));
      view_.set("filename", disposition.of("filename"));
    }
    if (const auto id = entity.value("content-id"); !id.empty()) {
      view_.set("content-id", id);
      view_.set("content-id-repeated", yes(!content_ids_.insert(id).second));
    }
    if (!entity.is_multipart() && entity.parts.empty()) describe_body(entity);
  }

  void describe_body(const Entity& entity) {
    view_.set("ascii", yes(are_ascii(entity.body)));
    const auto body = direct::body_of(entity);
    if (!body) {
      view_.set("problem", body.error().what);
      return;
    }
    view_.set("size", std::to_string(body->size()));
    const bool is_package = is_xdm(*body);
    view_.set("xdm", yes(is_package));
    has_xdm_ = has_xdm_ || is_package;
  }

  void add_signature(const Entity& entity, Origin origin, const Entity* part) {
    const auto path = part_path() + " > signature";
    const auto position = part == nullptr ? place(entity, origin) : place(*part, origin);
    view_.open("signature", position, path);
    view_.set("detached", yes(layers_.is_detached));
    view_.set("micalg", layers_.micalg);
    view_.set("digest-words", digest_words(layers_.micalg));
    view_.set("problem", layers_.why_unsigned);
    view_.set("canonical", yes(layers_.is_signed_canonical));
    view_.set("stored", yes(origin == Origin::file && lines_of_file_.ends() == "LF"));
    view_.set("ascii", yes(are_ascii(layers_.signed_bytes)));
    if (part != nullptr) {
      view_.set("type", part->type.value);
      view_.set("encoding", part->encoding);
    }
    if (layers_.signature) {
      CertificateUse use{"signer", sender(), layers_.signature->certificates, position, path};
      view_.set("certificates", std::to_string(layers_.signature->certificates.size()));
      for (const auto& signer : layers_.signature->signers) add_signer(view_, signer, use, true, settings_, at_);
    }
    view_.close();
  }

  // Whom the signer has to be: the first of the innermost From.
  std::optional<direct::Address> sender() const {
    if (!inner_) return std::nullopt;
    for (const auto& mailbox : senders_of(*inner_))
      if (auto address = direct::read_address(mailbox)) return *std::move(address);
    return std::nullopt;
  }

  const MailSettings& settings_;
  const bool has_mark_;
  const std::string_view mail_;
  const Lines lines_of_file_;
  xml::LineCounter lines_;
  ViewBuilder view_;
  Look look_;
  Layers layers_;
  Result<Entity> inner_ = Error{"not read"};  // the innermost message
  std::int64_t at_ = 0;
  std::string path_;
  std::string part_number_;
  std::set<std::string> content_ids_;
  std::size_t element_count_ = 0;
  int opened_depth_ = 0;
  bool expects_inner_ = false;    // the next message is the wrapped one
  bool is_outside_done_ = false;  // the layers were told
  bool has_xdm_ = false;          // of the message at hand
  bool is_cut_ = false;
  bool is_too_deep_ = false;
};

}  // namespace

Look view_mail(std::string_view bytes, std::string_view format, const MailSettings& settings) {
  return MailView(bytes, format, settings).look();
}

}  // namespace bb::documents
