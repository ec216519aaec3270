#include "record.hpp"

#include <bb/core/text.hpp>

namespace bb::healthvault_connector {

RecordConnector::RecordConnector(const Context& context)
    : platform_(context),
      shell_url_(context.config_if("/shell_url").value_or("")),
      is_production_(context.config_json("/is_production") == "true"),
      person_(to_lower(context.config_if("/person").value_or(""))),
      record_(to_lower(context.config_if("/record").value_or(""))),
      control_url_(context.config_if("/control_url").value_or("")),
      control_token_(context.config_if("/control_token").value_or("")) {
  while (control_url_.ends_with('/')) control_url_.pop_back();
  while (auto url = context.config_if("/instances/" + std::to_string(instances_.size())))
    instances_.push_back(*std::move(url));
}

RecordConnector::Signed RecordConnector::signed_in(std::string_view doing) const {
  const std::scoped_lock lock(mutex_);
  if (!signed_) throw Failure{BB_E_UNAUTHENTICATED, std::string(doing) + ": nobody is signed in"};
  return *signed_;
}

RecordConnector::Signed RecordConnector::signed_in_for(bb_str subject, std::string_view doing) const {
  auto who = signed_in(doing);
  if (subject.size != 0 && to_lower(to_view(subject)) != who.whose.record_id)
    throw Failure{BB_E_FORBIDDEN, std::string(doing) + ": the session is of another record"};
  return who;
}

}  // namespace bb::healthvault_connector
