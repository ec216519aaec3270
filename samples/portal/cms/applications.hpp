// portal/cms/applications.hpp - the applications that the CMS interface knows: how long each may read, and whether it
// still may.
//
// Source: "Application categories" of the Blue Button 2.0 documentation (FHIR-BB2-12, -23).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/value.hpp>

#include "portal/smart/clients.hpp"

namespace bb::portal::cms {

enum class AccessType { one_time, thirteen_months, research };

struct Terms {
  AccessType access = AccessType::thirteen_months;
  bool is_active = true;
};

class Applications {
 public:
  // Those of `known` that prove themselves, on the usual terms; where `has_demos`, one of each kind besides, with fresh
  // secrets.
  Applications(const std::vector<SmartClient>& known, bool has_demos);

  const SmartClients& clients() const { return clients_; }
  const Terms& terms_of(std::string_view id) const;
  // For who starts the portal: secrets of the demonstration's, ids of the others.
  const Value& description() const { return description_; }

 private:
  static std::vector<SmartClient> chosen(const std::vector<SmartClient>& known, bool has_demos,
                                         std::map<std::string, Terms, std::less<>>& terms, Value& description);

  std::map<std::string, Terms, std::less<>> terms_;
  Value description_ = Value::array();
  SmartClients clients_;
};

}  // namespace bb::portal::cms
