// functions/refills.hpp - prescriptions, and asking for more of them: a refill while the prescription has some left, a
// renewal when it has none.
#pragma once

#include <string>

#include "portal/defects.hpp"
#include "portal/functions/answer.hpp"
#include "portal/functions/state.hpp"

namespace bb::portal::functions {

class Refills {
 public:
  Refills(storage::Database& database, const Defects& defects) : database_(database), defects_(defects) {}

  // {"prescriptions": [{..., "offers": "refill" | "renewal" | "none"}...]}
  Answer prescriptions(const std::string& patient);
  Answer prescription(const std::string& patient, const std::string& id);
  // `kind`: "refill" or "renewal". 422 where the prescription does not offer it.
  Answer request(const std::string& patient, const std::string& prescription, const std::string& kind,
                 const Actor& actor, const std::string& key);
  Answer list(const std::string& patient);
  Answer status(const std::string& patient, const std::string& id);
  // By the care team: sent, ready or refused, the last with a reason. What is ready or refused stays so.
  Answer decide(const std::string& patient, const std::string& id, const std::string& status,
                const std::string& reason);

 private:
  Value described(Transaction& t, const std::string& patient, const std::string& id);

  storage::Database& database_;
  const Defects& defects_;
};

}  // namespace bb::portal::functions
