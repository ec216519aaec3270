#include <array>
#include <cstdint>
#include <optional>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/healthvault/image_study.hpp>

namespace bb::healthvault {
namespace {

constexpr std::size_t preamble_bytes = 128;
constexpr std::uint32_t undefined_length = 0xFFFFFFFF;
constexpr int sequence_depth_max = 32;

constexpr std::uint32_t item_tag = 0xFFFEE000;
constexpr std::uint32_t item_end_tag = 0xFFFEE00D;
constexpr std::uint32_t sequence_end_tag = 0xFFFEE0DD;
constexpr std::uint32_t transfer_syntax_tag = 0x00020010;
constexpr std::uint32_t character_set_tag = 0x00080005;
constexpr std::uint32_t last_tag = 0x0020000E;  // tags ascend (PS3.5, 7.1)

// PS3.5, annex A.
constexpr std::string_view implicit_little_endian = "1.2.840.10008.1.2";
constexpr std::string_view explicit_big_endian = "1.2.840.10008.1.2.2";
constexpr std::string_view deflated = "1.2.840.10008.1.2.1.99";

struct Encoding {
  bool is_explicit = true;
  bool is_big_endian = false;
};

struct DataElement {
  std::uint32_t tag = 0;
  std::string_view vr;  // empty of an implicit one
  std::uint32_t length = 0;
};

// Whether the length of a value has four bytes behind two that are reserved (PS3.5, 7.1.2).
bool has_long_length(std::string_view vr) {
  constexpr std::array<std::string_view, 13> kinds{"OB", "OD", "OF", "OL", "OV", "OW", "SQ",
                                                   "SV", "UC", "UN", "UR", "UT", "UV"};
  for (const auto kind : kinds)
    if (kind == vr) return true;
  return false;
}

class DicomReader {
 public:
  explicit DicomReader(std::string_view bytes) : bytes_(bytes) {}

  Result<DicomHeader> read() {
    if (bytes_.size() < preamble_bytes + 4 || bytes_.substr(preamble_bytes, 4) != "DICM")
      return Error{fmt::format("no DICOM file: expected 'DICM' at byte {}", preamble_bytes)};
    at_ = preamble_bytes + 4;
    Encoding encoding;
    bool is_in_meta = true;
    while (at_ < bytes_.size()) {
      if (is_in_meta && (at_ + 2 > bytes_.size() || bytes_.substr(at_, 2) != std::string_view("\x02\x00", 2))) {
        is_in_meta = false;
        if (transfer_syntax_ == deflated)
          return Error{"a deflated DICOM file is not read; store it in another transfer syntax"};
        encoding = {transfer_syntax_ != implicit_little_endian, transfer_syntax_ == explicit_big_endian};
      }
      BB_TRY(const auto element, next(encoding));
      if (!is_in_meta && element.tag > last_tag) break;
      if (element.length == undefined_length) {
        BB_CHECK(skip_sequence(encoding, 0));
        continue;
      }
      BB_TRY(const auto value, take(element.length));
      keep(element.tag, value);
    }
    return header();
  }

 private:
  Error mistake(std::string what) const { return Error{fmt::format("DICOM file, byte {}: {}", at_, what)}; }

  Result<std::string_view> take(std::uint32_t length) {
    if (length > bytes_.size() - at_)
      return mistake(fmt::format("expected {} bytes, the file has {} more", length, bytes_.size() - at_));
    const auto taken = bytes_.substr(at_, length);
    at_ += length;
    return taken;
  }

  Result<std::uint32_t> number(std::uint32_t count, bool is_big_endian) {
    BB_TRY(const auto digits, take(count));
    std::uint32_t value = 0;
    for (std::uint32_t i = 0; i < count; ++i)
      value = (value << 8u) | static_cast<unsigned char>(digits[is_big_endian ? i : count - 1 - i]);
    return value;
  }

  Result<DataElement> next(const Encoding& encoding) {
    DataElement element;
    BB_TRY(const auto group, number(2, encoding.is_big_endian));
    BB_TRY(const auto part, number(2, encoding.is_big_endian));
    element.tag = (group << 16u) | part;
    const bool is_item = group == item_tag >> 16u;
    if (encoding.is_explicit && !is_item) {
      BB_TRY(element.vr, take(2));
      if (element.vr[0] < 'A' || element.vr[0] > 'Z' || element.vr[1] < 'A' || element.vr[1] > 'Z')
        return mistake(fmt::format("expected a value representation of two letters at ({:04X},{:04X})", group, part));
      if (!has_long_length(element.vr)) {
        BB_TRY(element.length, number(2, encoding.is_big_endian));
        return element;
      }
      BB_TRY(const auto reserved, take(2));
      static_cast<void>(reserved);
    }
    BB_TRY(element.length, number(4, encoding.is_big_endian));
    return element;
  }

  // Items up to the delimiter; of one whose length is not told its elements (PS3.5, 7.5).
  Status skip_sequence(const Encoding& encoding, int depth) {
    if (depth >= sequence_depth_max)
      return mistake(fmt::format("sequences are nested deeper than {}", sequence_depth_max));
    while (true) {
      BB_TRY(const auto element, next(encoding));
      if (element.tag == sequence_end_tag || element.tag == item_end_tag) return {};
      if (element.length == undefined_length) {
        BB_CHECK(skip_sequence(encoding, depth + 1));
      } else {
        BB_TRY(const auto value, take(element.length));
        static_cast<void>(value);
      }
    }
  }

  // Padded by a blank or a zero byte to an even length.
  static std::string_view unpadded(std::string_view value) {
    while (!value.empty() && (value.back() == '\0' || value.back() == ' ')) value.remove_suffix(1);
    return trim(value);
  }

  std::string text(std::string_view value) const {
    value = unpadded(value);
    if (character_set_ != "ISO_IR 100") return to_utf8_lossy(value);  // ISO_IR 192 is UTF-8
    std::string utf8;
    for (const char c : value) append_utf8(utf8, static_cast<unsigned char>(c));
    return utf8;
  }

  // "MUNDAY^LETICIA" (PS3.5, 6.2: PN), the first of its forms.
  std::string name(std::string_view value) const {
    const auto whole = text(value);
    return collapse_whitespace(replace_all(whole.substr(0, whole.find('=')), "^", " "));
  }

  void keep(std::uint32_t tag, std::string_view value) {
    const auto plain = std::string(unpadded(value));
    switch (tag) {
      case transfer_syntax_tag:
        transfer_syntax_ = plain;
        break;
      case character_set_tag:
        character_set_ = plain;
        break;
      case 0x00080020:
        study_date_ = plain;
        break;
      case 0x00080021:
        series_date_ = plain;
        break;
      case 0x00080022:
        acquisition_date_ = plain;
        break;
      case 0x00080030:
        study_time_ = plain;
        break;
      case 0x00080031:
        series_time_ = plain;
        break;
      case 0x00080032:
        acquisition_time_ = plain;
        break;
      case 0x00080050:
        header_.accession_number = text(value);
        break;
      case 0x00080060:
        header_.modality = plain;
        break;
      case 0x00080080:
        header_.institution = text(value);
        break;
      case 0x00080090:
        header_.referring_physician = name(value);
        break;
      case 0x00081030:
        header_.study_description = text(value);
        break;
      case 0x0008103E:
        header_.series_description = text(value);
        break;
      case 0x00100010:
        header_.patient_name = name(value);
        break;
      case 0x00180015:
        header_.body_part = text(value);
        break;
      case 0x0020000D:
        header_.study_uid = plain;
        break;
      case last_tag:
        header_.series_uid = plain;
        break;
      default:
        break;
    }
  }

  // "20090108" and "110409.097" (PS3.5, 6.2: DA, TM) as ISO 8601; as much as is there.
  static std::string iso(std::string_view date, std::string_view time) {
    const auto is_number = [](std::string_view text) {
      return text.find_first_not_of("0123456789") == std::string_view::npos;
    };
    if (date.size() != 8 || !is_number(date)) return {};
    auto whole = fmt::format("{}-{}-{}", date.substr(0, 4), date.substr(4, 2), date.substr(6, 2));
    const auto clock = time.substr(0, time.find('.'));
    if (clock.size() < 4 || !is_number(clock)) return whole;
    whole += fmt::format("T{}:{}", clock.substr(0, 2), clock.substr(2, 2));
    if (clock.size() < 6) return whole;
    whole += fmt::format(":{}", clock.substr(4, 2));
    // A thing has thousandths.
    auto fraction = time.size() > 7 ? std::string(time.substr(7, 3)) : std::string{};
    while (fraction.ends_with('0')) fraction.pop_back();
    return fraction.empty() || !is_number(fraction) ? whole : whole + "." + fraction;
  }

  DicomHeader header() {
    header_.study_time = iso(study_date_, study_time_);
    header_.series_time = iso(acquisition_date_, acquisition_time_);
    if (header_.series_time.empty()) header_.series_time = iso(series_date_, series_time_);
    return std::move(header_);
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::string transfer_syntax_, character_set_;
  std::string study_date_, study_time_, series_date_, series_time_, acquisition_date_, acquisition_time_;
  DicomHeader header_;
};

}  // namespace

Result<DicomHeader> read_dicom_header(std::string_view bytes) { return DicomReader(bytes).read(); }

}  // namespace bb::healthvault
