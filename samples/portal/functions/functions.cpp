#include "portal/functions/functions.hpp"

namespace bb::portal::functions {

Result<std::unique_ptr<Functions>> Functions::create(DataHolder& holder, const std::filesystem::path& database_file,
                                                     const std::string& trust_file, std::string base_url) {
  std::vector<std::string> patients;
  for (const auto& patient : holder.patients().all()) patients.push_back(patient.id);
  BB_TRY(auto database, make_state(database_file, patients));
  return std::unique_ptr<Functions>(new Functions(holder, std::move(database), trust_file, std::move(base_url)));
}

Functions::Functions(DataHolder& holder, std::unique_ptr<storage::Database> database, const std::string& trust_file,
                     std::string base_url)
    : holder_(holder),
      database_(std::move(database)),
      sender_(trust_file),
      base_url_(std::move(base_url)),
      conversations(*database_, holder.defects(),
                    [this](const std::string& patient, const std::string& subject, const std::string& text) {
                      announce(patient, subject, text);
                    }),
      refills(*database_, holder.defects()),
      appointments(*database_, holder.defects()),
      entries(*database_, holder.defects()),
      education(*database_, holder.defects()),
      wishes(*database_, holder.defects()) {
  holder.show_self_entered([this](const std::string& patient) { return entries.list(patient).value["entries"]; });
}

// A notice that does not arrive costs nothing but itself: the message waits in the portal.
void Functions::announce(const std::string& patient, const std::string& subject, const std::string& text) {
  const auto to = parse_destination(wishes.notices_to(patient));
  if (to) static_cast<void>(sender_.post(*to, notice_of(holder_.defects(), base_url_, subject, text)));
}

std::string Functions::name_of(const std::string& patient) const {
  const auto* known = holder_.patients().find(patient);
  const auto name = known == nullptr ? std::string() : known->record.patient.name.full();
  return name.empty() ? patient : name;
}

bool Functions::is_staff(const std::optional<Session>& session) const {
  const auto* person = session ? holder_.people().find(session->account) : nullptr;
  return person != nullptr && person->is_staff;
}

Actor Functions::actor_of(const std::optional<Session>& session, const std::string& patient) const {
  if (!session) return {"", "somebody", "system", ""};
  const auto* person = holder_.people().find(session->account);
  const auto name = person != nullptr && !person->name.empty() ? person->name : name_of(session->account);
  if (is_staff(session)) return {session->account, name, "staff", ""};
  if (session->account == patient) return {session->account, name, "patient", ""};
  return {session->account, name, "proxy", name_of(patient)};
}

}  // namespace bb::portal::functions
