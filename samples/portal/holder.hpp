// holder.hpp - the data holder: what people may do with the records, and the
// log of what they did. Pages and API are two faces of this one class.
//
// Whoever calls view(), download(), share() or history() has asked access()
// first. Safe to use from many threads.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/records/mime.hpp>
#include <bb/records/record.hpp>

#include "portal/activity.hpp"
#include "portal/amendments.hpp"
#include "portal/copy_mistakes.hpp"
#include "portal/defects.hpp"
#include "portal/destination.hpp"
#include "portal/direct_post.hpp"
#include "portal/documents.hpp"
#include "portal/holder_kinds/holder_kind.hpp"
#include "portal/inboxes.hpp"
#include "portal/mail_post.hpp"
#include "portal/patients.hpp"
#include "portal/people.hpp"
#include "portal/proxies.hpp"
#include "portal/record_change.hpp"
#include "portal/record_post.hpp"
#include "portal/restrictions.hpp"
#include "portal/selection.hpp"
#include "portal/sessions.hpp"
#include "portal/shares.hpp"
#include "portal/source_events.hpp"
#include "portal/standing_shares.hpp"
#include "web/sign_in_guard.hpp"

namespace bb::portal {

enum class Access { granted, not_signed_in, not_yours, not_found };
// What of a record is asked for: representatives have rights to each. `formats` is open to each of them, `own` to the
// patient alone.
enum class Part { page, download, other, transmit, messages, refills, formats, own };

struct File {
  std::string name;
  std::string content_type;
  std::string bytes;
};

struct ShareRequest {
  std::vector<Destination> to;
  // Destinations of plain mail, as in `to`, that the patient confirmed after the warning.
  std::vector<std::string> confirmed = {};
  const Format* format = nullptr;
  Selection selection;
};

class DataHolder {
 public:
  struct Options {
    Defects defects;
    std::string password_base;
    std::string trust_file;  // authorities that destinations are verified against
    Clock clock;
    std::optional<DirectOptions> direct = {};               // none: the portal sends nothing by Direct
    std::optional<MailOptions> mail = {};                   // none: it sends no plain mail
    std::optional<RecordOptions> record = {};               // none: it delivers into no records
    std::string trust_pem = {};                             // the content of trust_file
    std::function<void(const std::string&)> log_line = {};  // for the operator
    HolderKind kind = HolderKind::provider;                 // decides which files it hands out
  };
  DataHolder(Options options, Patients patients, People people);

  const Defects& defects() const { return options_.defects; }
  // As the records stand now. What was given stays as it is, also when a record changes.
  const Patients& patients() const;
  // How often records changed.
  std::size_t change_count() const;
  const People& people() const { return people_; }
  HolderKind kind() const { return options_.kind; }

  enum class SignIn { done, wrong_pair, not_granted, too_many };
  struct SignInAnswer {
    SignIn outcome = SignIn::wrong_pair;
    Sessions::Opened opened;
  };
  SignInAnswer sign_in(const std::string& account, const std::string& password, const std::string& acting_for,
                       Client client);
  std::optional<Session> find_session(std::string_view token, Client client) { return sessions_.find(token, client); }
  void sign_out(std::string_view token, const Session& session);

  // Whose record a session opens without further choice; empty for a caregiver
  // who has not chosen.
  std::string patient_of(const Session& session) const;
  // Whose records an account may open: their own first. `needed`: a right that a representative must have; none: any.
  std::vector<std::string> patients_for(const std::string& account, std::optional<Right> needed = {}) const;

  Access access(const std::optional<Session>& session, const std::string& patient, Part part = Part::other) const;

  std::vector<Item> items(const std::optional<Session>& session, const std::string& patient) const;
  void log_listing(const std::optional<Session>& session, const std::string& patient);
  // What the record page states. nullopt: no such item.
  std::optional<records::Record> view(const std::optional<Session>& session, const std::string& patient,
                                      const Selection& selection);
  // For page-shows-everyone: whose records stand on the page besides; none on
  // a careful portal.
  std::vector<const Patient*> also_shown_to(const std::string& patient) const;
  std::optional<File> download(const std::optional<Session>& session, const std::string& patient, const Format& format,
                               const Selection& selection);

  enum class ShareRefusal { none, unknown_item, not_a_partner, no_mail_there, not_confirmed, key_reused };
  struct ShareAnswer {
    ShareRefusal refusal = ShareRefusal::none;
    std::string refused_destination;  // but of unknown_item and key_reused
    std::string why;                  // of no_mail_there; of not_confirmed what the patient has to know
    Share share;
  };
  // A destination as the portal can send to it; the error says why it is none.
  [[nodiscard]] Result<Destination> read_destination(std::string_view text) const;
  ShareAnswer share(const std::optional<Session>& session, const std::string& patient, const std::string& key,
                    const std::string& fingerprint, const ShareRequest& request);
  // With what is known by now of those that went by mail, Direct or plain.
  // Who has access to a record, and how they are called; what they had, too.
  struct NamedGrant {
    ProxyGrant grant;
    std::string name;
  };
  std::vector<NamedGrant> list_proxies(const std::string& patient) const;
  // Gives an account rights in the place of those it had. The error says that there is no such account.
  [[nodiscard]] Status grant_proxy(const std::string& patient, ProxyGrant grant);
  // At once, with the on-going sharing that it asked for. False: it has nothing.
  bool withdraw_proxy(const std::string& patient, const std::string& account);

  // On-going sharing, asked for by who is signed in. What is to go out once is sent before it returns. The refusal is
  // that of share(); `has_room` false: there are too many.
  struct StandingAnswer {
    ShareAnswer refused;
    bool has_room = true;
    StandingShare share;
  };
  StandingAnswer add_standing_share(const Session& session, const std::string& patient, Destination to,
                                    const Format& format, Frequency frequency);
  StandingShares& standing_shares() { return standing_shares_; }
  Amendments& amendments() { return amendments_; }

  // Changes a record at its source, and sends it to where it is shared on-going. The error says why not.
  [[nodiscard]] Status change_record(const std::string& patient, const RecordChange& change);
  // Files an allergy that a document brought with the patient whose it is; empty: a person has to find out whose.
  std::string file_document(const Described& described, const std::string& allergy);

  // How an account is called in logs and lists.
  std::string display_name(const std::string& account) const;

  std::optional<Share> find_share(const std::string& patient, const std::string& id) const;
  std::vector<Share> list_shares(const std::string& patient) const;

  bool has_direct() const { return direct_ != nullptr; }
  const MailPost* mail() const { return mail_.get(); }  // nullptr: the portal sends no plain mail
  bool has_records() const { return record_ != nullptr; }
  // A patient's Direct address; empty where there is none.
  std::string direct_address(const std::string& patient) const;
  // A message for an account; the error says why it cannot be delivered. Also called
  // from Direct's own thread.
  [[nodiscard]] Status deliver(const std::string& account, const std::string& message);
  // Sends in an account's name. The error says why nothing was sent.
  [[nodiscard]] Status send_direct(const std::string& account, const direct::Address& to, const std::string& message_id,
                                   const std::string& message);
  // What came to it, oldest first.
  std::vector<Inboxes::Entry> list_messages(const std::string& patient, std::int64_t above) const;
  std::optional<std::string> read_message(const std::string& patient, std::int64_t number) const;

  Activity::Page history(const std::string& patient, const DateRange& range, std::size_t limit,
                         std::int64_t below) const;

  // What happens at the source of the records; the door to it is the caller's.
  SourceEvents& source() { return source_; }
  // What the patient asked not to be used or disclosed. Empty id: it is not taken.
  Restriction ask_restriction(const std::optional<Session>& session, const std::string& patient, Restriction asked);
  std::vector<Restriction> list_restrictions(const std::string& patient) const { return restrictions_.list(patient); }

  // What a program did for an account, or, where `account` is empty, as a service of its own.
  void log_program(const std::string& account, const std::string& program, const std::string& patient, Event event);

  // Somebody was refused a record; the patient reads of it.
  void log_refused(const std::optional<Session>& session, const std::string& patient);
  // What somebody did besides viewing, downloading and sending.
  void log_function(const std::optional<Session>& session, const std::string& patient, std::string_view what);

  // What a patient entered themselves, as functions/entries.hpp lists it: shown in the view and whole downloads.
  using SelfEntered = std::function<Value(const std::string& patient)>;
  void show_self_entered(SelfEntered entries) { self_entered_ = std::move(entries); }
  // The record page with what stands on it besides the record.
  std::string complete_page(std::string page, const std::string& patient) const;

  // Breaks off shares that are under way.
  void stop() const;

 private:
  bool is_granted(const std::string& account, const std::string& patient, std::optional<Right> needed = {}) const;
  bool has_right(const ProxyGrant& grant, std::optional<Right> needed) const;
  // The patient as who is signed in gets them in this copy.
  Patient seen_by(const std::optional<Session>& session, const Patient& own, Copy copy) const;
  // Before its last change; null: it never changed.
  const Patient* before_change(const Patient& patient) const;
  // The selected part, which says what it is (a summary keeps its title); nullopt: an item does not exist.
  std::optional<records::Record> part_of(const Patient& source, const Selection& selection) const;
  // Whose record is downloaded: the patient's, but under proxy-switch-keeps-record.
  std::string downloaded_instead_of(const std::optional<Session>& session, const std::string& patient) const;
  // Who acts, as the log has it.
  void name_actor(Event& event, const std::optional<Session>& session, const std::string& patient) const;
  // To where a record is shared on-going, after a change of it.
  void send_updates(const std::string& patient, bool is_correction);
  void send_standing(const StandingShare& standing);
  bool is_password(const std::string& account, const std::string& password) const;
  void log(const std::optional<Session>& session, const std::string& patient, Event event);
  // What a selection is taken of: the record as it is by now, or one summary of the patient's, which
  // has no parts. nullopt: there is no such summary.
  struct Chosen {
    Patient source;
    Selection selection;
  };
  std::optional<Chosen> choose(const Patient& own, const Selection& selection) const;
  // `standing`: the on-going sharing that it goes out by; null: somebody asked for it now.
  Share send(const std::optional<Session>& session, const Patient& patient, const ShareRequest& request,
             const StandingShare* standing = nullptr);
  // Why a share is not begun; none: it may be.
  ShareAnswer refusal_of(const std::optional<Session>& session, const Patient& patient,
                         const ShareRequest& request) const;
  std::string sender_to(const Patient& patient, const Destination& destination) const;
  // `source`: whose record the mail carries.
  Status send_one(const Patient& patient, const Destination& destination, const records::OutgoingMail& mail,
                  const records::Record& source);
  void add_status(Share& share) const;
  void log_failure(const std::string& patient, const std::string& recipient, const std::string& why);

  Options options_;
  // The last is what holds; the others stay, since who asked before may still read them.
  mutable std::mutex patients_mutex_;
  std::deque<Patients> generations_;
  std::mutex changing_mutex_;  // one change at a time
  People people_;
  Proxies proxies_;
  StandingShares standing_shares_;
  Amendments amendments_;
  mutable std::mutex first_downloads_mutex_;
  mutable std::map<std::string, std::string> first_downloads_;  // by account, for proxy-switch-keeps-record
  Sessions sessions_;
  web::SignInGuard guard_;
  Activity activity_;
  Shares shares_;
  Sender sender_;
  Inboxes messages_;  // of Direct, by patient
  SelfEntered self_entered_;
  SourceEvents source_{options_.defects};
  Restrictions restrictions_;
  // Last: their threads use the others.
  std::unique_ptr<MailPost> mail_;
  std::unique_ptr<DirectPost> direct_;
  std::unique_ptr<RecordPost> record_;
};

// What a list of messages shows of each.
struct MessageLine {
  std::int64_t number = 0;
  std::int64_t received_unix_ns = 0;
  std::size_t size = 0;
  std::string from;
  std::string subject;  // decoded
};
std::vector<MessageLine> describe_messages(const DataHolder& holder, const std::string& patient, std::int64_t above);

}  // namespace bb::portal
