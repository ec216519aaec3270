#include "portal/holder.hpp"

#include <algorithm>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/records/ccda.hpp>

#include "portal/certification_mistakes.hpp"
#include "portal/editions.hpp"
#include "portal/functions/entry_outputs.hpp"
#include "portal/holder_kinds/own_copies.hpp"
#include "portal/letter.hpp"
#include "portal/scope_title.hpp"
#include "portal/withheld.hpp"

namespace bb::portal {
namespace {

constexpr std::size_t shares_shown_max = 100;
constexpr std::size_t messages_shown_max = 100;                              // from a cursor on
constexpr std::string_view wrong_birth_date = "1911-01-01";                  // for birth-date-wrong
constexpr std::size_t change_count_max = 1'000;                              // of all records, since the start
constexpr std::string_view partner_prefix = "https://partner.example.org/";  // for share-fixed-partner-only

std::vector<std::string> item_ids(const Selection& selection) {
  return selection.items.empty() ? std::vector<std::string>{"summary"} : selection.items;
}

Event event_of(std::string_view action, std::vector<std::string> items = {}, std::string_view what = "") {
  Event event;
  event.action = action;
  event.items = std::move(items);
  event.what = what;
  return event;
}

std::optional<Right> right_to(Part part) {
  switch (part) {
    case Part::download:
      return Right::download;
    case Part::transmit:
      return Right::transmit;
    case Part::messages:
      return Right::message;
    case Part::refills:
      return Right::refill;
    case Part::formats:
      return std::nullopt;
    default:
      return Right::view;
  }
}

void add_detail(Event& event, const std::string& text) {
  event.detail = text + (event.detail.empty() ? "" : "; ") + event.detail;
}

const std::string summary_prefix = "document-";

// The number of a summary in an id; nothing where it is the id of something else.
std::optional<std::size_t> summary_number(const std::string& id, std::size_t count) {
  for (std::size_t number = 1; number <= count; ++number)
    if (id == summary_prefix + std::to_string(number)) return number;
  return std::nullopt;
}

}  // namespace

DataHolder::DataHolder(Options options, Patients patients, People people)
    : options_(std::move(options)),
      people_(std::move(people)),
      proxies_(people_),
      sessions_(options_.clock),
      guard_(options_.clock),
      sender_(options_.trust_file) {
  generations_.push_back(std::move(patients));
  const auto log_line = options_.log_line ? options_.log_line : [](const std::string&) {};
  const auto failed = [this](const std::string& patient, const std::string& recipient, const std::string& why) {
    log_failure(patient, recipient, why);
  };
  if (options_.mail)
    mail_ =
        std::make_unique<MailPost>(*options_.mail, options_.defects, options_.trust_pem, MailEvents{failed, log_line});
  if (options_.record) record_ = std::make_unique<RecordPost>(*options_.record, options_.defects, options_.trust_file);
  if (!options_.direct) return;
  DirectEvents events;
  events.deliver = [this](const std::string& account, const std::string& message) { return deliver(account, message); };
  events.failed = failed;
  events.log = log_line;
  direct_ = std::make_unique<DirectPost>(*options_.direct, options_.defects, options_.trust_pem, std::move(events));
}

void DataHolder::stop() const {
  sender_.stop();
  if (mail_) mail_->stop();
  if (direct_) direct_->stop();
  if (record_) record_->stop();
}

bool DataHolder::is_password(const std::string& account, const std::string& password) const {
  const auto expected = options_.password_base + "-" + account;
  return equal_constant_time(sha256_hex(password), sha256_hex(expected));
}

DataHolder::SignInAnswer DataHolder::sign_in(const std::string& account, const std::string& password,
                                             const std::string& acting_for, Client client) {
  const auto& defects = options_.defects;
  if (!defects.is_on(Defect::vdt_unlimited_tries) && !guard_.may_try(account)) return {SignIn::too_many, {}};
  const bool is_known = people_.find(account) != nullptr;
  bool is_right = is_password(account, password);
  if (defects.is_on(Defect::accepts_wrong_password)) is_right = true;
  if (!is_known || !is_right) {
    guard_.failed(account);
    auto event = event_of("other", {}, "a sign-in that failed");
    if (defects.is_on(Defect::history_holds_password)) event.detail = "password tried: " + password;
    const bool is_recorded = patients().find(account) != nullptr && !defects.is_on(Defect::failed_sign_in_unrecorded);
    if (is_recorded) log({}, account, std::move(event));
    return {SignIn::wrong_pair, {}};
  }
  const bool is_for_self = acting_for.empty() || acting_for == account;
  if (!is_for_self && (!is_granted(account, acting_for) || patients().find(acting_for) == nullptr))
    return {SignIn::not_granted, {}};
  SignInAnswer answer{SignIn::done, sessions_.open(account, is_for_self ? "" : acting_for, client)};
  log(answer.opened.session, patient_of(answer.opened.session), event_of("sign_in"));
  return answer;
}

void DataHolder::sign_out(std::string_view token, const Session& session) {
  log(session, patient_of(session), event_of("sign_out"));
  if (options_.defects.is_on(Defect::sign_out_keeps_session)) return;
  if (options_.defects.is_on(Defect::signed_out_token_opens_items)) return sessions_.mark_signed_out(token);
  sessions_.close(token);
}

std::string DataHolder::patient_of(const Session& session) const {
  if (!session.acting_for.empty()) return session.acting_for;
  return patients().find(session.account) != nullptr ? session.account : "";
}

const Patients& DataHolder::patients() const {
  const std::lock_guard lock(patients_mutex_);
  return generations_.back();
}

std::size_t DataHolder::change_count() const {
  const std::lock_guard lock(patients_mutex_);
  return generations_.size() - 1;
}

const Patient* DataHolder::before_change(const Patient& patient) const {
  const std::lock_guard lock(patients_mutex_);
  const Patient* last = nullptr;
  for (auto generation = generations_.rbegin(); generation != generations_.rend(); ++generation) {
    const auto* const one = generation->find(patient.id);
    if (last != nullptr && one != last) return one;
    last = one;
  }
  return nullptr;
}

std::vector<std::string> DataHolder::patients_for(const std::string& account, std::optional<Right> needed) const {
  std::vector<std::string> ids;
  if (patients().find(account) != nullptr) ids.push_back(account);
  for (const auto& patient : proxies_.patients_of(account))
    if (is_granted(account, patient, needed) && patients().find(patient) != nullptr) ids.push_back(patient);
  return ids;
}

bool DataHolder::has_right(const ProxyGrant& grant, std::optional<Right> needed) const {
  const auto& defects = options_.defects;
  auto held = grant;
  if (defects.is_on(Defect::proxy_ignores_end)) held.until_ns.reset();
  if (defects.is_on(Defect::proxy_withdrawal_late) && held.was_open) held.is_withdrawn = false;
  if (defects.is_on(Defect::proxy_view_only_transmits) && needed == Right::transmit) needed = Right::view;
  const auto now_ns = options_.clock();
  if (needed) return held.allows(*needed, now_ns);
  return std::any_of(held.rights.begin(), held.rights.end(), [&](Right right) { return held.allows(right, now_ns); });
}

bool DataHolder::is_granted(const std::string& account, const std::string& patient, std::optional<Right> needed) const {
  const auto grant = proxies_.find(account, patient);
  if (options_.defects.is_on(Defect::caregiver_refused)) return false;
  if (options_.defects.is_on(Defect::revoked_caregiver_reads)) return grant.has_value();
  if (grant && has_right(*grant, needed)) return true;
  if (!options_.defects.is_on(Defect::people_caregiver_reaches_namesake)) return false;
  const auto* const asked = patients().find(patient);
  const auto* const namesake = asked == nullptr ? nullptr : namesake_of(*asked, patients());
  const auto other = namesake == nullptr ? std::nullopt : proxies_.find(account, namesake->id);
  return other && has_right(*other, needed);
}

Access DataHolder::access(const std::optional<Session>& session, const std::string& patient, Part part) const {
  const auto& defects = options_.defects;
  const bool is_download = part == Part::download;
  const auto if_known = patients().find(patient) != nullptr ? Access::granted : Access::not_found;
  if (!session) {
    const bool is_open =
        defects.is_on(Defect::no_sign_in_needed) || (defects.is_on(Defect::download_without_sign_in) && is_download);
    return is_open ? if_known : Access::not_signed_in;
  }
  if (session->is_signed_out && part != Part::page && !is_download) return Access::not_signed_in;
  if (defects.is_on(Defect::stranger_reads)) return if_known;
  if (defects.is_on(Defect::stranger_downloads) && is_download) return if_known;
  if (defects.is_on(Defect::revoked_caregiver_reads_as_self) &&
      proxies_.find(session->account, patient).value_or(ProxyGrant()).is_withdrawn)
    return if_known;
  // Who may not read a record does not learn either whether there is one.
  if (session->account != patient && (part == Part::own || !is_granted(session->account, patient, right_to(part))))
    return Access::not_yours;
  return if_known;
}

std::vector<Item> DataHolder::items(const std::optional<Session>& session, const std::string& patient) const {
  const auto own = seen_by(session, *patients().find(patient), Copy::page);
  auto items = list_items(own.record);
  if (options_.defects.is_on(Defect::vdt_no_summaries)) return items;
  for (std::size_t i = 0; i < own.summaries.size(); ++i) {
    const auto& record = own.summaries[i].record;
    items.push_back({summary_prefix + std::to_string(i + 1), "document", record.document_title,
                     list_items(record).front().updated});
  }
  return items;
}

Patient DataHolder::seen_by(const std::optional<Session>& session, const Patient& own, Copy copy) const {
  const bool is_representative = session && session->account != own.id;
  auto seen = is_representative && !shows_withheld(copy, options_.defects) ? without_withheld(own) : own;
  mistake_copy(seen, copy, patients(), before_change(own), options_.defects);
  return seen;
}

std::optional<DataHolder::Chosen> DataHolder::choose(const Patient& own, const Selection& selection) const {
  Chosen chosen{own, selection};
  if (selection.items.size() == 1 && selection.items.front().starts_with(summary_prefix)) {
    const auto number = summary_number(selection.items.front(), own.summaries.size());
    if (!number || options_.defects.is_on(Defect::vdt_no_summaries)) return std::nullopt;
    const auto& summary = own.summaries[*number - 1];
    chosen.source.document = summary.document;
    chosen.source.record = summary.record;
    chosen.source.is_summary = true;
    chosen.selection = {};
    return chosen;
  }
  std::vector<std::string> additions;
  for (const auto& event : source_.visible(own.id)) {
    add_to(chosen.source.record, event);
    additions.push_back(in_words(event));
  }
  chosen.source.document = with_additions(std::move(chosen.source.document), additions);
  return chosen;
}

void DataHolder::log_listing(const std::optional<Session>& session, const std::string& patient) {
  log(session, patient, event_of("api", {}, "list of items"));
}

std::optional<records::Record> DataHolder::view(const std::optional<Session>& session, const std::string& patient,
                                                const Selection& selection) {
  const auto& own = *patients().find(patient);
  const auto chosen = choose(seen_by(session, own, Copy::page), selection);
  if (!chosen) return std::nullopt;
  const auto wanted = mistaken_selection(chosen->selection, Way::view, options_.defects);
  auto shown = part_of(chosen->source, wanted);
  if (!shown) return std::nullopt;
  shown = mistaken_page(mistaken_part(*std::move(shown), chosen->source.record, wanted, options_.defects),
                        options_.defects);
  log(session, patient, event_of("view", item_ids(selection)));
  if (options_.defects.is_on(Defect::view_empty)) return records::Record{};
  if (options_.defects.is_on(Defect::view_wrong_patient))
    return select_or_all(patients().other_than(own).record, selection);
  if (options_.defects.is_on(Defect::entries_replace_clinical) && self_entered_ && self_entered_(patient).size() > 0)
    shown->vital_signs.clear();
  if (options_.defects.is_on(Defect::view_misses_allergies)) shown->allergies.clear();
  if (options_.defects.is_on(Defect::birth_date_wrong)) shown->patient.birth_date = wrong_birth_date;
  if (options_.defects.is_on(Defect::codes_without_names)) return without_names(*std::move(shown));
  return shown;
}

std::vector<const Patient*> DataHolder::also_shown_to(const std::string& patient) const {
  std::vector<const Patient*> others;
  if (!options_.defects.is_on(Defect::page_shows_everyone)) return others;
  for (const auto& other : patients().all())
    if (other.id != patient) others.push_back(&other);
  return others;
}

std::optional<File> DataHolder::download(const std::optional<Session>& session, const std::string& patient,
                                         const Format& format, const Selection& asked) {
  const auto& own = *patients().find(downloaded_instead_of(session, patient));
  const auto chosen = choose(seen_by(session, own, copy_of(format.id)), asked);
  if (!chosen) return std::nullopt;
  const auto selection = mistaken_selection(chosen->selection, Way::download, options_.defects);
  auto record = part_of(chosen->source, selection);
  if (!record) return std::nullopt;
  record = mistaken_part(*std::move(record), chosen->source.record, selection, options_.defects);
  log(session, patient, event_of("download", item_ids(asked), format.title));

  const auto part = asked.is_whole() ? "summary" : asked.items.empty() ? "dates" : join(asked.items, "-");
  File file{file_name(*record, part, format), content_type_of(format), ""};
  const auto& defects = options_.defects;
  const bool is_text = format.id == "blue-button-text";
  const bool is_ccda = format.id == "ccda-2.1";
  if (defects.is_on(Defect::download_empty)) return file;
  if (defects.is_on(Defect::text_not_machine_readable) && is_text) {
    file.bytes = write_prose(*record);
    return file;
  }
  if (defects.is_on(Defect::codes_without_names) && is_ccda) {
    file.bytes = without_narrative(records::write_ccda(*record));
    return file;
  }
  const Patient* source = &chosen->source;
  bool is_changed = false;
  if (defects.is_on(Defect::download_wrong_patient)) {
    source = &patients().other_than(own);
    record = select_or_all(source->record, selection);
  }
  if (defects.is_on(Defect::download_always_first_patient)) {
    source = &patients().all().front();
    record = select_or_all(source->record, selection);
  }
  if (defects.is_on(Defect::caregiver_document_empty) && session && session->account != patient) {
    records::Record bare;
    bare.patient = record->patient;
    record = std::move(bare);
    is_changed = true;
  }
  if (defects.is_on(Defect::birth_date_wrong)) {
    record->patient.birth_date = wrong_birth_date;
    is_changed = true;
  }
  if (defects.is_on(Defect::download_misses_medications)) {
    record->medications.clear();
    is_changed = true;
  }
  if (defects.is_on(Defect::codes_without_names) && is_text) record = without_names(*std::move(record));

  const auto original = selection.is_whole() && !is_changed ? original_of(format, source->document) : std::nullopt;
  file.bytes = original ? *original
                        : write_copy(format, *source, *record, scope_head(*record, selection), now_unix_ns(), defects);
  if (format.media_type == "application/xml") file.bytes = mistaken_ccda(std::move(file.bytes), defects);
  const bool has_entries =
      self_entered_ && asked.is_whole() && source->id == own.id && !defects.is_on(Defect::entries_not_in_downloads);
  if (has_entries && is_text) file.bytes = functions::text_with_entries(std::move(file.bytes), self_entered_(patient));
  if (has_entries && format.id == "fhir-bundle")
    file.bytes = functions::bundle_with_entries(std::move(file.bytes), self_entered_(patient));
  return file;
}

Result<Destination> DataHolder::read_destination(std::string_view text) const {
  auto destination = parse_any_destination(
      text, {.has_direct = has_direct(), .has_mail = mail_ != nullptr, .has_records = record_ != nullptr});
  if (destination || !options_.defects.is_on(Defect::mail_accepts_any_address) || !text.starts_with(mail_scheme))
    return destination;
  Destination taken;
  taken.url = std::string(text);
  taken.mail = direct::Address{"nobody", "nowhere.invalid"};
  return taken;
}

DataHolder::ShareAnswer DataHolder::refusal_of(const std::optional<Session>& session, const Patient& patient,
                                               const ShareRequest& request) const {
  const auto chosen = choose(seen_by(session, patient, Copy::share), request.selection);
  if (!chosen || !select(chosen->source.record, chosen->selection)) return {ShareRefusal::unknown_item, "", "", {}};
  const auto& defects = options_.defects;
  for (const auto& destination : request.to) {
    if (defects.is_on(Defect::share_fixed_partner_only) && !destination.url.starts_with(partner_prefix))
      return {ShareRefusal::not_a_partner, destination.url, "", {}};
    if (!destination.mail) continue;
    if (defects.is_on(Defect::mail_direct_addresses_only))
      return {ShareRefusal::no_mail_there, destination.url, "it is no Direct address", {}};
    if (const auto looked = mail_->look_up(*destination.mail);
        !looked && !defects.is_on(Defect::mail_accepts_any_address))
      return {ShareRefusal::no_mail_there, destination.url, looked.error().what, {}};
    const bool is_confirmed =
        std::any_of(request.confirmed.begin(), request.confirmed.end(), [&](const std::string& text) {
          const auto read = read_destination(text);
          return read && read->url == destination.url;
        });
    if (!is_confirmed && !defects.is_on(Defect::mail_sends_unconfirmed))
      return {ShareRefusal::not_confirmed, destination.url, plain_mail_warning(*destination.mail), {}};
  }
  return {};
}

DataHolder::ShareAnswer DataHolder::share(const std::optional<Session>& session, const std::string& patient,
                                          const std::string& key, const std::string& fingerprint,
                                          const ShareRequest& request) {
  const auto& own = *patients().find(patient);
  if (auto refused = refusal_of(session, own, request); refused.refusal != ShareRefusal::none) return refused;
  const auto account = session ? session->account : std::string();
  const auto share =
      shares_.once(account + "\n" + patient + "\n" + key, fingerprint, [&] { return send(session, own, request); });
  if (!share) return {ShareRefusal::key_reused, "", "", {}};
  return {ShareRefusal::none, "", "", *share};
}

std::string DataHolder::sender_to(const Patient& patient, const Destination& destination) const {
  if (destination.direct) return direct_address(patient.id);
  return destination.mail ? mail_->from().text() : "portal@localhost";
}

Share DataHolder::send(const std::optional<Session>& session, const Patient& own, const ShareRequest& asked,
                       const StandingShare* standing) {
  const auto& defects = options_.defects;
  const auto patient = seen_by(session, own, Copy::share);
  auto request = asked;
  if (defects.is_on(Defect::proxy_sends_to_others) && session && session->account != own.id)
    for (const auto& other : standing_shares_.list(own.id)) request.to.push_back(other.to);
  const bool is_lost = defects.is_on(Defect::share_never_arrives) ||
                       (defects.is_on(Defect::caregiver_share_lost) && session && session->account != patient.id);

  const bool is_whole = !defects.is_on(Defect::direct_all_or_nothing) ||
                        std::all_of(request.to.begin(), request.to.end(), [&](const Destination& to) {
                          return !to.direct || !direct_ || static_cast<bool>(direct_->can_send(*to.direct));
                        });

  Share share{"share-" + random_token(), patient.id, {}};
  auto event = event_of("transmit", item_ids(request.selection), request.format->title);
  for (const auto& destination : request.to) {
    event.to.push_back(destination.url);
    const bool is_mail = destination.mail.has_value();
    auto chosen = choose(patient, request.selection).value_or(Chosen{patient, request.selection});
    if (defects.is_on(Defect::vdt_sends_another_summary) &&
        request.selection.items == std::vector{summary_prefix + "2"})
      chosen = choose(patient, {{summary_prefix + "1"}, {}}).value_or(chosen);
    const Patient* source = &chosen.source;
    if (defects.is_on(Defect::share_wrong_patient) || (is_mail && defects.is_on(Defect::mail_wrong_patient)))
      source = &patients().other_than(patient);
    auto selection = mistaken_selection(chosen.selection, Way::share, defects);
    if (is_mail && defects.is_on(Defect::mail_ignores_dates)) selection = {};
    auto mail = letter_of(*source, *request.format, selection, defects);
    if (defects.is_on(Defect::people_wrong_file_name) && !mail.attachments.empty())
      if (const auto* twin = twin_of(patient, patients()))
        mail.attachments.front().filename = file_name(twin->record, "summary", *request.format);
    mail.from = sender_to(patient, destination);
    mail.to = destination.direct ? destination.direct->text()
              : is_mail          ? destination.mail->text()
                                 : "recipient@" + destination.host;
    if (destination.direct && defects.is_on(Defect::direct_repeats_message_id)) mail.message_id = "record@localhost";
    if (is_mail) make_plain(mail, *source, *request.format, selection, defects);
    if (defects.is_on(Defect::share_drops_attachment)) mail.attachments.clear();

    Status sent;
    if (!is_whole)
      sent = Error{"another recipient cannot be sent to"};
    else if (defects.is_on(Defect::delivery_failed))
      sent = Error{"there is no way to the destination"};
    else if (!is_lost)
      sent = send_one(patient, destination, mail, source->record);
    ShareReceipt receipt{sent ? "accepted" : "failed", destination.url, sent ? "" : sent.error().what, now_unix_ns()};
    if (destination.direct || is_mail) receipt.message_id = mail.message_id;
    if (!sent) event.detail += (event.detail.empty() ? "failed: " : "; ") + destination.url + ": " + receipt.detail;
    share.receipts.push_back(std::move(receipt));
  }
  if (standing == nullptr) {
    log(session, patient.id, std::move(event));
    return share;
  }
  add_detail(event, "on-going sharing that " + display_name(standing->account) + " asked for");
  event.actor_name = "the portal";
  event.actor_role = "system";
  const bool is_left_out = defects.is_on(Defect::history_omits_share) || defects.is_on(Defect::sharing_hidden);
  if (!is_left_out) activity_.add(patient.id, std::move(event));
  return share;
}

std::vector<DataHolder::NamedGrant> DataHolder::list_proxies(const std::string& patient) const {
  std::vector<NamedGrant> named;
  if (options_.defects.is_on(Defect::proxy_hidden)) return named;
  for (auto& grant : proxies_.of(patient)) named.push_back({grant, display_name(grant.account)});
  return named;
}

Status DataHolder::grant_proxy(const std::string& patient, ProxyGrant grant) {
  if (grant.account == patient || people_.find(grant.account) == nullptr)
    return Error{"there is nobody else here with the account '" + shorten(grant.account, 60) + "'"};
  proxies_.grant(patient, std::move(grant));
  return {};
}

bool DataHolder::withdraw_proxy(const std::string& patient, const std::string& account) {
  if (!options_.defects.is_on(Defect::proxy_sharing_goes_on)) standing_shares_.withdraw_all_of(patient, account);
  return proxies_.withdraw(patient, account);
}

DataHolder::StandingAnswer DataHolder::add_standing_share(const Session& session, const std::string& patient,
                                                          Destination to, const Format& format, Frequency frequency) {
  StandingAnswer answer;
  ShareRequest request;
  request.to = {to};
  request.format = &format;
  answer.refused = refusal_of(session, *patients().find(patient), request);
  if (answer.refused.refusal != ShareRefusal::none) return answer;
  answer.share.id = "standing-" + random_token(9);
  answer.share.patient = patient;
  answer.share.account = session.account;
  answer.share.to = std::move(to);
  answer.share.format = &format;
  answer.share.frequency = frequency;
  answer.share.asked_unix_ns = options_.clock();
  answer.has_room = standing_shares_.add(answer.share);
  if (answer.has_room && frequency == Frequency::once) send_standing(answer.share);
  answer.share = standing_shares_.find(patient, answer.share.id).value_or(answer.share);
  return answer;
}

void DataHolder::send_standing(const StandingShare& standing) {
  Session asker;
  asker.account = standing.account;
  ShareRequest request;
  request.to = {standing.to};
  request.format = standing.format;
  const auto number = standing_shares_.count_sent(standing.patient, standing.id);
  shares_.once("standing\n" + standing.id + "\n" + std::to_string(number), "",
               [&] { return send(asker, *patients().find(standing.patient), request, &standing); });
}

void DataHolder::send_updates(const std::string& patient, bool is_correction) {
  const auto& defects = options_.defects;
  if (defects.is_on(Defect::sharing_never_updates)) return;
  if (is_correction && defects.is_on(Defect::sharing_forgets_corrections)) return;
  for (const auto& standing : standing_shares_.list(patient)) {
    const bool is_due = standing.frequency == Frequency::each_update || defects.is_on(Defect::sharing_once_goes_on);
    const bool is_open = !standing.is_withdrawn || defects.is_on(Defect::sharing_goes_on);
    // Rights may have ended by themselves.
    const bool may_send = standing.account == patient || defects.is_on(Defect::proxy_sharing_goes_on) ||
                          is_granted(standing.account, patient, Right::transmit);
    if (is_due && is_open && may_send) send_standing(standing);
  }
}

Status DataHolder::change_record(const std::string& patient, const RecordChange& change) {
  {
    const std::lock_guard one_at_a_time(changing_mutex_);
    const auto& now = patients();
    const auto* const before = now.find(patient);
    if (before == nullptr) return Error{"there is no patient '" + shorten(patient, 60) + "'"};
    if (change_count() >= change_count_max) return Error{"records were changed 1000 times; start the portal anew"};
    BB_TRY(auto next, changed(*before, change, options_.clock()));
    mistake_version(next, *before, options_.defects);
    auto generation = now.with(std::move(next));
    const std::lock_guard lock(patients_mutex_);
    generations_.push_back(std::move(generation));
  }
  send_updates(patient, change.is_correction());
  return {};
}

std::string DataHolder::file_document(const Described& described, const std::string& allergy) {
  const bool is_guessing = options_.defects.is_on(Defect::people_guesses_match);
  const auto* const patient = is_guessing ? first_alike(patients(), described) : whose(patients(), described);
  if (patient == nullptr) return {};
  const auto id = patient->id;
  return change_record(id, {RecordChange::Kind::add_allergy, allergy, "", ""}) ? id : std::string();
}

std::string DataHolder::display_name(const std::string& account) const {
  const auto* const own = patients().find(account);
  const auto* const person = people_.find(account);
  auto name = own != nullptr ? own->record.patient.name.full() : person != nullptr ? person->name : "";
  return name.empty() ? account : name;
}

Status DataHolder::send_one(const Patient& patient, const Destination& destination, const records::OutgoingMail& mail,
                            const records::Record& source) {
  if (destination.mail) {
    const auto& defects = options_.defects;
    const bool is_never_sent = defects.is_on(Defect::mail_never_arrives) ||
                               (defects.is_on(Defect::mail_accepts_any_address) && destination.host.empty());
    return is_never_sent ? Status() : mail_->send(patient.id, *destination.mail, mail);
  }
  if (destination.record) {
    // No document, nothing to store (share-drops-attachment).
    if (mail.attachments.empty()) return {};
    return record_->send(*destination.record, {mail.message_id, mail.attachments.front(), source});
  }
  const auto message = records::write_mime(mail);
  if (!destination.direct) return sender_.post(destination, message);
  return send_direct(patient.id, *destination.direct, mail.message_id, message);
}

Status DataHolder::send_direct(const std::string& account, const direct::Address& to, const std::string& message_id,
                               const std::string& message) {
  if (!direct_) return Error{"the portal does not send by Direct"};
  const auto* patient = patients().find(account);
  if (patient == nullptr) return Error{"nobody here is called " + account};
  return direct_->send(patient->id, to, message_id, message);
}

void DataHolder::add_status(Share& share) const {
  for (auto& receipt : share.receipts) {
    if (receipt.message_id.empty()) continue;
    auto status = direct_ ? direct_->status(receipt.message_id) : std::nullopt;
    if (!status && mail_) status = mail_->status(receipt.message_id);
    if (!status) continue;
    receipt.delivery = status->delivery;
    receipt.detail = status->detail;
    receipt.at_unix_ns = status->at_unix_ns;
  }
}

std::optional<Share> DataHolder::find_share(const std::string& patient, const std::string& id) const {
  auto share = shares_.find(patient, id);
  if (share) add_status(*share);
  return share;
}

std::vector<Share> DataHolder::list_shares(const std::string& patient) const {
  auto shares = shares_.list(patient, shares_shown_max);
  for (auto& share : shares) add_status(share);
  return shares;
}

std::string DataHolder::direct_address(const std::string& patient) const {
  if (!direct_) return {};
  const auto address = direct_->address_of(patient);
  return address ? address->text() : std::string();
}

std::vector<Inboxes::Entry> DataHolder::list_messages(const std::string& patient, std::int64_t above) const {
  return messages_.list(patient, above);
}

std::optional<std::string> DataHolder::read_message(const std::string& patient, std::int64_t number) const {
  return messages_.read(patient, number);
}

Status DataHolder::deliver(const std::string& account, const std::string& message) {
  const auto* patient = patients().find(account);
  if (patient == nullptr) patient = patients().find(to_lower(account));
  if (patient == nullptr) return Error{"there is no such mailbox"};
  messages_.open(patient->id);
  std::int64_t number = 0;
  if (messages_.deliver(patient->id, message, number) != Inboxes::Outcome::done) return Error{"the mailbox is full"};
  return {};
}

void DataHolder::log_failure(const std::string& patient, const std::string& recipient, const std::string& why) {
  auto event = event_of("transmit");
  event.to = {recipient};
  event.detail = "failed: " + recipient + ": " + why;
  event.actor_name = "the portal";
  if (!options_.defects.is_on(Defect::history_omits_share)) activity_.add(patient, std::move(event));
}

Activity::Page DataHolder::history(const std::string& patient, const DateRange& range, std::size_t limit,
                                   std::int64_t below) const {
  if (options_.defects.is_on(Defect::history_missing)) return {};
  const auto* const own = patients().find(patient);
  const auto* const namesake = own == nullptr ? nullptr : namesake_of(*own, patients());
  const bool is_unbounded = options_.defects.is_on(Defect::history_ignores_range);
  const DateRange asked = is_unbounded ? DateRange{} : range;
  auto page = activity_.list(patient, asked, limit, below);
  if (options_.defects.is_on(Defect::people_logs_mixed) && namesake != nullptr)
    for (auto& event : activity_.list(namesake->id, asked, limit, 0).events) {
      event.number += static_cast<std::int64_t>(limit) * 1'000;  // ids of its own
      page.events.push_back(std::move(event));
    }
  mistake_history(page, options_.defects);
  if (options_.defects.is_on(Defect::history_wrong_time))
    for (auto& event : page.events) event.at_unix_ns = 0;
  return page;
}

std::vector<MessageLine> describe_messages(const DataHolder& holder, const std::string& patient, std::int64_t above) {
  std::vector<MessageLine> lines;
  for (const auto& entry : holder.list_messages(patient, above)) {
    if (lines.size() == messages_shown_max) break;
    MessageLine line{entry.number, entry.received_unix_ns, entry.size, "", ""};
    const auto bytes = holder.read_message(patient, entry.number);
    const auto mail = records::read_mime(bytes.value_or(""));
    if (mail)
      for (const auto& [name, value] : mail->headers) {
        if (name == "from") line.from = value;
        if (name == "subject") line.subject = value;
      }
    lines.push_back(std::move(line));
  }
  return lines;
}

Restriction DataHolder::ask_restriction(const std::optional<Session>& session, const std::string& patient,
                                        Restriction asked) {
  if (options_.defects.is_on(Defect::vdt_no_restrictions)) return {};
  asked.asked_by = session ? session->account : "";
  return restrictions_.add(patient, std::move(asked));
}

void DataHolder::log_program(const std::string& account, const std::string& program, const std::string& patient,
                             Event event) {
  if (!account.empty()) {
    event.detail = "by the program " + program;
    Session session;
    session.account = account;
    return log(session, patient, std::move(event));
  }
  event.actor_id = event.actor_name = program;
  event.actor_role = "app";
  activity_.add(patient, std::move(event));
}

void DataHolder::log_refused(const std::optional<Session>& session, const std::string& patient) {
  const bool is_recorded =
      patients().find(patient) != nullptr && !options_.defects.is_on(Defect::refused_access_unrecorded);
  if (is_recorded) log(session, patient, event_of("other", {}, "an access that was refused"));
}

void DataHolder::log_function(const std::optional<Session>& session, const std::string& patient,
                              std::string_view what) {
  log(session, patient, event_of("other", {}, what));
}

std::string DataHolder::complete_page(std::string page, const std::string& patient) const {
  if (self_entered_) page = functions::page_with_entries(std::move(page), self_entered_(patient));
  if (options_.defects.is_on(Defect::record_page_has_tracker))
    page = replace_all(page, "</main>",
                       "<img src=\"https://metrics.example/seen.gif?page=/patients/" + patient + "\" alt=\"\"></main>");
  return page;
}

void DataHolder::log(const std::optional<Session>& session, const std::string& patient, Event event) {
  if (patient.empty()) return;
  if (options_.defects.is_on(Defect::history_omits_share) && event.action == "transmit") return;
  name_actor(event, session, patient);
  activity_.add(patient, std::move(event));
}

void DataHolder::name_actor(Event& event, const std::optional<Session>& session, const std::string& patient) const {
  event.actor_name = "somebody who did not sign in";
  if (!session) return;
  const auto& defects = options_.defects;
  const bool is_proxy = session->account != patient && proxies_.find(session->account, patient).has_value();
  const bool is_hidden = is_proxy && defects.is_on(Defect::proxy_logged_as_patient);
  event.actor_id = is_hidden ? patient : session->account;
  event.actor_name = display_name(event.actor_id);
  const auto* const person = people_.find(event.actor_id);
  if (event.actor_id == patient)
    event.actor_role = "patient";
  else if (person != nullptr && person->is_staff)
    event.actor_role = "staff";
  if (!is_proxy || is_hidden) return;
  event.actor_role = "proxy";
  if (!defects.is_on(Defect::proxy_log_without_patient)) add_detail(event, "on behalf of " + display_name(patient));
}

std::string DataHolder::downloaded_instead_of(const std::optional<Session>& session, const std::string& patient) const {
  if (!options_.defects.is_on(Defect::proxy_switch_keeps_record) || !session || session->account == patient)
    return patient;
  const std::lock_guard lock(first_downloads_mutex_);
  return first_downloads_.emplace(session->account, patient).first->second;
}

std::optional<records::Record> DataHolder::part_of(const Patient& source, const Selection& selection) const {
  const auto& whole = source.record;
  auto taken = selection;
  if (options_.defects.is_on(Defect::people_visit_holds_next) && selection.items.size() == 1 &&
      selection.items.front() == "visit-1" && whole.encounters.size() > 1)
    taken.items.emplace_back("visit-2");
  auto part = select(whole, taken);
  if (!part) return std::nullopt;
  const bool is_named_whole = options_.defects.is_on(Defect::people_visit_named_complete);
  if (!source.is_summary) part->document_title = scope_title(whole, is_named_whole ? Selection() : selection);
  return part;
}

}  // namespace bb::portal
