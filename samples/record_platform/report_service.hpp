// report_service.hpp - reports for Meaningful Use, subscriptions to changes, and code sets.
#pragma once

#include <bb/healthvault/event_methods.hpp>
#include <bb/healthvault/report_methods.hpp>
#include <bb/healthvault/vocabulary_methods.hpp>

#include "record_platform/call.hpp"

namespace bb::record_platform {

healthvault::GetMeaningfulUseVDTReport::Answer vdt_report(
    Call& call, const healthvault::GetMeaningfulUseVDTReport::Request& request);
healthvault::GetMeaningfulUseTimelyAccessReport::Answer timely_report(
    Call& call, const healthvault::GetMeaningfulUseTimelyAccessReport::Request& request);

// Stored and listed; nothing is sent (notices.hpp): who subscribes polls all the same (HV-EVT-02).
healthvault::SubscribeToEvent::Answer subscribe(Call& call, const healthvault::SubscribeToEvent::Request& request);
healthvault::GetEventSubscriptions::Answer subscriptions(Call& call, const healthvault::Nothing&);
healthvault::Nothing update_subscription(Call& call, const healthvault::UpdateEventSubscription::Request& request);
healthvault::Nothing unsubscribe(Call& call, const healthvault::UnsubscribeToEvent::Request& request);

healthvault::GetVocabulary::Answer get_vocabulary(Call& call, const healthvault::GetVocabulary::Request& request);
healthvault::SearchVocabulary::Answer search_vocabulary(Call& call,
                                                        const healthvault::SearchVocabulary::Request& request);

}  // namespace bb::record_platform
