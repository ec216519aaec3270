#include <bb/healthvault/report_methods.hpp>

#include "messages.hpp"

namespace bb::healthvault {

template <class A>
void describe(A& a, typename A::template Of<ReportPeriod>& period) {
  a.one("min-date", Kind::date_time, period.date_min);
  a.one("max-date", Kind::date_time, period.date_max);
}

template <class A, class Request>
void describe_page(A& a, Request& request) {
  a.maybe("max-items-per-page", request.page_items_max);
  a.check(!request.page_items_max || *request.page_items_max > 0, "a 'max-items-per-page' above 0");
  a.maybe("cursor", Kind::filled, request.cursor);
}

template <class A>
void describe(A& a, typename A::template Of<GetMeaningfulUseVDTReport::Request>& request) {
  a.element("filters", [&] { a.one("reporting-period", request.period); });
  describe_page(a, request);
}

template <class A>
void describe(A& a, typename A::template Of<GetMeaningfulUseVDTReport::Activity>& activity) {
  a.attribute("patient-id", Kind::filled, activity.patient_id);
  a.maybe_attribute("organization-id", Kind::filled, activity.organization_id);
}

template <class A>
void describe(A& a, typename A::template Of<GetMeaningfulUseVDTReport::Source>& source) {
  a.attribute("id", Kind::filled, source.id);
  a.element("patient-activities", [&] { a.many("activity", source.activities, 1); });
}

template <class A>
void describe(A& a, typename A::template Of<GetMeaningfulUseVDTReport::Answer>& answer) {
  a.list("sources", "source", answer.sources);
  a.maybe("cursor", Kind::filled, answer.cursor);
}

template <class A>
void describe(A& a, typename A::template Of<GetMeaningfulUseTimelyAccessReport::Request>& request) {
  if constexpr (A::is_reading) {
    bool is_of_documents = false;
    a.optional("document-filter", true, [&] {
      is_of_documents = true;
      a.one("reporting-period", request.period);
    });
    request.is_of_packages = !is_of_documents;
  } else if (!request.is_of_packages) {
    a.element("document-filter", [&] { a.one("reporting-period", request.period); });
  }
  if (request.is_of_packages)
    a.element("dopu-document-filter", [&] { a.one("available-date-filter", request.period); });
  describe_page(a, request);
}

template <class A>
void describe(A& a, typename A::template Of<GetMeaningfulUseTimelyAccessReport::Source>& source) {
  a.attribute("id", Kind::filled, source.id);
  a.optional("document-receipts", !source.documents.empty(), [&] {
    a.many_with(
        "document-receipt", source.documents,
        [&](auto& document) {
          a.attribute("patient-id", Kind::filled, document.patient_id);
          a.maybe_attribute("organization-id", Kind::filled, document.organization_id);
          a.attribute("event-date", Kind::date_time, document.event_date);
          a.one("available-date", Kind::date_time, document.available_date);
        },
        1);
  });
  if (!source.documents.empty()) return;
  a.element("dopu-document-receipts", [&] {
    a.many_with(
        "dopu-document-receipt", source.packages,
        [&](auto& document) {
          a.attribute("package-id", Kind::filled, document.package_id);
          a.one("available-date", Kind::date_time, document.available_date);
        },
        1);
  });
}

template <class A>
void describe(A& a, typename A::template Of<GetMeaningfulUseTimelyAccessReport::Answer>& answer) {
  a.list("sources", "source", answer.sources);
  a.maybe("cursor", Kind::filled, answer.cursor);
}

BB_TYPED_METHOD(GetMeaningfulUseVDTReport);
BB_TYPED_METHOD(GetMeaningfulUseTimelyAccessReport);

}  // namespace bb::healthvault
