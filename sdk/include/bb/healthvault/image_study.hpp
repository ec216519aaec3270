// bb/healthvault/image_study.hpp - DICOM files as a thing of type Medical image study.
//
// The files stay as they are, each a blob beside the thing; the thing says what they are, in
// their own words. Pixels are not looked at.
//
// Sources: medical-image-study.2.xsd of the platform; DICOM PS3.5 (encoding) and PS3.10 (files);
// HV-TYPE-12.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/healthvault/thing_types.hpp>

namespace bb::healthvault {

// What a DICOM file says of itself, empty where it does not. Dates are ISO 8601, names without "^".
struct DicomHeader {
  std::string study_uid;    // (0020,000D)
  std::string series_uid;   // (0020,000E)
  std::string study_time;   // (0008,0020), (0008,0030)
  std::string series_time;  // acquisition (0008,0022), (0008,0032), else series (0008,0021), (0008,0031)
  std::string study_description, series_description;
  std::string patient_name, referring_physician, institution;
  std::string modality, body_part, accession_number;
};

// Reads up to the UIDs: a file of PS3.10 in any transfer syntax but the deflated one. Texts are
// read in ASCII, Latin-1 and UTF-8; of any other character set what is not ASCII becomes U+FFFD.
// An error says at which byte, what was expected and what found.
[[nodiscard]] Result<DicomHeader> read_dicom_header(std::string_view bytes);

struct StudyImage {
  std::string blob_name;
  DicomHeader header;
};

// The images of one study, series by series in the order in which they come. An error where
// they are of several studies, where one has no UIDs, or none a date: nothing is made up.
[[nodiscard]] Result<ThingXml> image_study_thing(const std::vector<StudyImage>& images);

}  // namespace bb::healthvault
