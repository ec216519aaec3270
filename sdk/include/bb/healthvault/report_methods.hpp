// bb/healthvault/report_methods.hpp - methods that report for Meaningful Use.
//
// Source: the published schemas of each method and meaningful-use.xsd; the catalogue's
// rows HV-MU-*.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/healthvault/method.hpp>

namespace bb::healthvault {

struct ReportPeriod {
  std::string date_min;
  std::string date_max;
  friend bool operator==(const ReportPeriod&, const ReportPeriod&) = default;
};

struct GetMeaningfulUseVDTReport {
  static constexpr std::string_view name = "GetMeaningfulUseVDTReport";
  static constexpr int latest = 1;
  struct Request {
    ReportPeriod period;
    std::optional<std::int64_t> page_items_max = {};
    std::string cursor = {};
    friend bool operator==(const Request&, const Request&) = default;
  };
  // A patient who viewed, downloaded or transmitted.
  struct Activity {
    std::string patient_id;
    std::string organization_id = {};
    friend bool operator==(const Activity&, const Activity&) = default;
  };
  struct Source {
    std::string id;
    std::vector<Activity> activities;
    friend bool operator==(const Source&, const Source&) = default;
  };
  struct Answer {
    std::vector<Source> sources = {};
    std::string cursor = {};  // empty: no more
    friend bool operator==(const Answer&, const Answer&) = default;
  };
};

struct GetMeaningfulUseTimelyAccessReport {
  static constexpr std::string_view name = "GetMeaningfulUseTimelyAccessReport";
  static constexpr int latest = 1;
  struct Request {
    ReportPeriod period;
    bool is_of_packages = false;  // documents dropped off, not those of records
    std::optional<std::int64_t> page_items_max = {};
    std::string cursor = {};
    friend bool operator==(const Request&, const Request&) = default;
  };
  struct Document {
    std::string available_date;
    std::string patient_id = {};
    std::string organization_id = {};
    std::string event_date = {};  // of the visit or discharge
    std::string package_id = {};  // of a package this alone
    friend bool operator==(const Document&, const Document&) = default;
  };
  struct Source {
    std::string id;
    std::vector<Document> documents = {};
    std::vector<Document> packages = {};
    friend bool operator==(const Source&, const Source&) = default;
  };
  struct Answer {
    std::vector<Source> sources = {};
    std::string cursor = {};
    friend bool operator==(const Answer&, const Answer&) = default;
  };
};

}  // namespace bb::healthvault
