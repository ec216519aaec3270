// functions/functions.hpp - what the portal does besides showing the record: messages, refills, appointments, entries
// of the patient's own, material, wishes. Pages and API are two faces of it; docs/reference/portal-functions.md.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "portal/destination.hpp"
#include "portal/functions/appointments.hpp"
#include "portal/functions/conversations.hpp"
#include "portal/functions/education.hpp"
#include "portal/functions/entries.hpp"
#include "portal/functions/refills.hpp"
#include "portal/functions/wishes.hpp"
#include "portal/holder.hpp"

namespace bb::portal::functions {

class Functions {
 public:
  // `database_file` is made; `trust_file` as of Sender; `base_url` is the portal's own.
  [[nodiscard]] static Result<std::unique_ptr<Functions>> create(DataHolder& holder,
                                                                 const std::filesystem::path& database_file,
                                                                 const std::string& trust_file, std::string base_url);

  DataHolder& holder() { return holder_; }
  Actor actor_of(const std::optional<Session>& session, const std::string& patient) const;
  bool is_staff(const std::optional<Session>& session) const;
  std::string name_of(const std::string& patient) const;
  void stop() const { sender_.stop(); }

 private:
  Functions(DataHolder& holder, std::unique_ptr<storage::Database> database, const std::string& trust_file,
            std::string base_url);
  void announce(const std::string& patient, const std::string& subject, const std::string& text);

  DataHolder& holder_;
  std::unique_ptr<storage::Database> database_;
  Sender sender_;
  std::string base_url_;

 public:
  Conversations conversations;
  Refills refills;
  Appointments appointments;
  Entries entries;
  Education education;
  Wishes wishes;
};

}  // namespace bb::portal::functions
