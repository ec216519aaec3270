#include <bb/healthvault/image_study.hpp>

#include <algorithm>

#include <fmt/format.h>

#include "codes.hpp"
#include "dates.hpp"
#include "xml_view.hpp"

namespace bb::healthvault {
namespace {

using types::element;
using types::text_element;

constexpr std::string_view type_id = "cdfc0a9b-6d3b-4d16-afa8-02b86d621a8d";
constexpr std::string_view modality_vocabulary = "dicom/modality";

std::string if_said(std::string_view name, const std::string& text) {
  return text.empty() ? std::string{} : text_element(name, text);
}

std::string person(std::string_view name, const std::string& full) {
  return full.empty() ? std::string{} : element(name, element("name", text_element("full", full)));
}

std::string date_time(std::string_view name, const std::string& iso) {
  const auto markup = types::write_date_time(iso);
  return markup ? element(name, *markup) : std::string{};
}

// The images of one series; the first says what it is.
std::string series(const std::vector<const StudyImage*>& images) {
  const auto& header = images.front()->header;
  auto inside =
      date_time("acquisition-datetime", header.series_time) + if_said("description", header.series_description);
  for (const auto* image : images) inside += element("images", text_element("image-blob-name", image->blob_name));
  if (!header.institution.empty()) inside += element("institution-name", text_element("name", header.institution));
  if (!header.modality.empty())
    inside += element("modality", types::write_words(header.modality, header.modality, modality_vocabulary));
  if (!header.body_part.empty()) inside += element("body-part", types::write_words(header.body_part));
  return element("series", inside + if_said("series-instance-uid", header.series_uid));
}

}  // namespace

Result<ThingXml> image_study_thing(const std::vector<StudyImage>& images) {
  if (images.empty()) return Error{"a study without images; expected at least one"};
  const auto& first = images.front().header;
  std::vector<std::vector<const StudyImage*>> all;
  for (const auto& image : images) {
    if (image.header.study_uid.empty() || image.header.series_uid.empty() || image.blob_name.empty())
      return Error{
          fmt::format("image '{}': expected a name, the UID of its study (0020,000D) and of its series (0020,000E)",
                      image.blob_name)};
    if (image.header.study_uid != first.study_uid)
      return Error{fmt::format("image '{}' is of study {}, expected {} as those before; make a thing of each study",
                               image.blob_name, image.header.study_uid, first.study_uid)};
    const auto same = std::find_if(all.begin(), all.end(), [&](const auto& one) {
      return one.front()->header.series_uid == image.header.series_uid;
    });
    if (same == all.end())
      all.push_back({&image});
    else
      same->push_back(&image);
  }
  const auto when = date_time("when", first.study_time);
  if (when.empty()) return Error{fmt::format("study {}: expected its date (0008,0020), found none", first.study_uid)};
  auto inside = when + if_said("patient-name", first.patient_name) + if_said("description", first.study_description);
  for (const auto& one : all) inside += series(one);
  inside += text_element("study-instance-uid", first.study_uid) +
            person("referring-physician", first.referring_physician) +
            if_said("accession-number", first.accession_number);
  return ThingXml{std::string(type_id), element("medical-image-study", inside)};
}

}  // namespace bb::healthvault
