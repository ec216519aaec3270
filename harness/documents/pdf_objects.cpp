#include "harness/documents/pdf_objects.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <deque>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "harness/documents/named_checks.hpp"
#include "harness/documents/pdf_content.hpp"
#include "harness/documents/pdf_syntax.hpp"

namespace bb::documents {
namespace {

constexpr std::size_t object_count_max = 1'000'000;
constexpr std::size_t unpacked_bytes_max = 64ull * 1024 * 1024;    // of all streams of objects
constexpr std::size_t looked_at_bytes_max = 256ull * 1024 * 1024;  // of objects, each as often as it is read
constexpr std::size_t stream_bytes_max = 64ull * 1024 * 1024;      // that one of another kind may unpack to
constexpr std::size_t streams_bytes_max = 256ull * 1024 * 1024;    // that all of them may
constexpr std::size_t filter_count_max = 8;                        // of one stream
constexpr std::size_t form_bytes_max = 16ull * 1024 * 1024;        // of one part of a form
constexpr std::size_t trailer_bytes_max = 65'536;

// What a deflated stream unpacks to; less than all of it where it is damaged or
// longer than `bytes_max`.
std::string inflated(std::string_view packed, std::size_t bytes_max) {
  z_stream stream{};
  std::string out;
  if (::inflateInit(&stream) != Z_OK) return out;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  std::array<char, 65536> buffer;
  int status = Z_OK;
  while (status == Z_OK && out.size() <= bytes_max) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = buffer.size();
    status = ::inflate(&stream, Z_NO_FLUSH);
    out.append(buffer.data(), buffer.size() - stream.avail_out);
  }
  ::inflateEnd(&stream);
  return out;
}

class Scan {
 public:
  explicit Scan(std::string_view bytes) : bytes_(bytes) {}

  PdfObjects run() {
    read_header();
    find_objects();
    if (!result_.is_encrypted)
      unpack();
    else if (!packed_.empty())
      result_.unread = "its objects are encrypted";
    walk();
    return std::move(result_);
  }

  std::string too_much() {
    find_objects();
    std::size_t all = 0;
    for (const auto& [packed, filter_count] : streams_) {
      std::string text;
      std::string_view rest = packed;
      for (std::size_t i = 0; i < filter_count; ++i) {
        text = inflated(rest, stream_bytes_max);
        rest = text;
        all += text.size();
        if (text.size() > stream_bytes_max)
          return fmt::format("a stream of it unpacks to more than {} bytes", stream_bytes_max);
        if (all > streams_bytes_max) return fmt::format("its streams unpack to more than {} bytes", streams_bytes_max);
      }
    }
    return {};
  }

 private:
  struct Object {
    std::string_view body;
    std::size_t at = 0;             // in the file
    std::string_view stream = {};   // as it is packed
    std::size_t deflations = 0;     // of the stream
    bool has_other_filter = false;  // so the stream is not read
  };
  struct Packed {
    std::string_view stream;
    std::size_t at = 0;
    int count = 0;
    int first = 0;
    bool is_deflated = false;
  };

  // How often a stream is deflated; a filter that stands elsewhere may be that.
  static std::size_t deflations(const PdfValue& stream) {
    const auto is_deflate = [](const PdfValue& filter) {
      return filter.is_name("FlateDecode") || filter.is_name("Fl") || filter.kind == PdfValue::Kind::reference;
    };
    const auto* filter = stream.find("Filter");
    if (filter == nullptr) return 0;
    if (filter->kind != PdfValue::Kind::list) return is_deflate(*filter) ? 1 : 0;
    const auto& items = filter->items;
    const auto end = std::find_if_not(items.begin(), items.end(), is_deflate);
    return std::min(static_cast<std::size_t>(end - items.begin()), filter_count_max);
  }

  static std::size_t filter_count(const PdfValue& stream) {
    const auto* filter = stream.find("Filter");
    if (filter == nullptr) return 0;
    return filter->kind == PdfValue::Kind::list ? filter->items.size() : 1;
  }

  void read_header() {
    const auto at = bytes_.substr(0, 1024).find("%PDF-");
    if (at != std::string_view::npos) {
      result_.header_at = at;
      auto rest = bytes_.substr(at + 5, 8);
      while (!rest.empty() && (is_pdf_digit(rest[result_.version.size()]) || rest[result_.version.size()] == '.')) {
        result_.version += rest[result_.version.size()];
        if (result_.version.size() == rest.size()) break;
      }
    }
    const auto tail = bytes_.substr(bytes_.size() - std::min<std::size_t>(bytes_.size(), 1024));
    result_.has_end = tail.find("%%EOF") != std::string_view::npos;
  }

  static int integer(const PdfValue* value) {
    return value != nullptr && value->kind == PdfValue::Kind::number ? value->number : 0;
  }

  // Where "12 0" begins that stands before the word at `at`; its first number.
  std::optional<int> number_before(std::size_t at) const {
    const auto back = [&](auto is_wanted) {
      const auto end = at;
      while (at > 0 && is_wanted(bytes_[at - 1])) --at;
      return end - at;
    };
    if (back(is_pdf_space) == 0 || back(is_pdf_digit) == 0 || back(is_pdf_space) == 0) return std::nullopt;
    const auto end = at;
    if (const auto count = back(is_pdf_digit); count == 0 || count > 9) return std::nullopt;
    int number = 0;
    std::from_chars(bytes_.data() + at, bytes_.data() + end, number);
    return number;
  }

  void find_objects() {
    for (auto at = bytes_.find_first_of("ot"); at != std::string_view::npos; at = bytes_.find_first_of("ot", at)) {
      const auto rest = bytes_.substr(at);
      if (rest.starts_with("trailer")) {
        at += 7;
        PdfReader reader(bytes_.substr(at, trailer_bytes_max));
        take_trailer(reader.read());
        at += reader.at();
      } else if (const auto number = rest.starts_with("obj") ? number_before(at) : std::nullopt) {
        at = take_object(*number, at + 3);
        if (objects_.size() > object_count_max) {
          result_.unread = fmt::format("it has more than {} objects", object_count_max);
          return;
        }
      } else {
        ++at;
      }
    }
  }

  void take_trailer(const PdfValue& trailer) {
    if (const auto* root = trailer.find("Root"); root != nullptr && root->kind == PdfValue::Kind::reference)
      root_ = root->number;
    if (trailer.find("Encrypt") != nullptr) result_.is_encrypted = true;
  }

  // The object whose content begins at `begin`; the place after it.
  std::size_t take_object(int number, std::size_t begin) {
    PdfReader reader(bytes_.substr(begin));
    const auto value = reader.read();
    auto end = begin + reader.at();
    objects_[number] = {bytes_.substr(begin, end - begin), begin};
    const auto word = bytes_.find_first_not_of(std::string_view(" \r\n\t\f\0", 6), end);
    if (word == std::string_view::npos || !bytes_.substr(word).starts_with("stream")) return end;
    auto data = word + 6;
    if (bytes_.substr(data).starts_with("\r\n"))
      data += 2;
    else if (bytes_.substr(data).starts_with("\n") || bytes_.substr(data).starts_with("\r"))
      ++data;
    // The length that is told, where it is right; else the next end.
    auto stop = data + static_cast<std::size_t>(integer(value.find("Length")));
    if (stop > bytes_.size() || trim(bytes_.substr(stop, 16)).substr(0, 9) != "endstream")
      stop = std::min(bytes_.find("endstream", data), bytes_.size());
    auto& object = objects_[number];
    object.stream = bytes_.substr(data, stop - data);
    object.deflations = deflations(value);
    object.has_other_filter = filter_count(value) > object.deflations;
    const auto* type = value.find("Type");
    if (type != nullptr && type->is_name("XRef")) take_trailer(value);
    if (type != nullptr && type->is_name("ObjStm")) {
      const auto* filter = value.find("Filter");
      if (filter != nullptr && filter->kind == PdfValue::Kind::list && filter->items.size() == 1)
        filter = &filter->items[0];
      const bool is_deflated = filter != nullptr && filter->is_name("FlateDecode");
      if ((filter != nullptr && !is_deflated) || value.find("DecodeParms") != nullptr)
        result_.unread = "a stream of objects is packed in a way that is not read";
      else
        packed_.push_back({bytes_.substr(data, stop - data), begin, integer(value.find("N")),
                           integer(value.find("First")), is_deflated});
    } else if (const auto* subtype = value.find("Subtype"); subtype == nullptr || !subtype->is_name("Image")) {
      // The words of a page are read without its pictures.
      if (object.deflations > 0 && stop > data) streams_.emplace_back(object.stream, object.deflations);
    }
    return stop;
  }

  // Objects in streams (7.5.7): pairs of number and offset, then the objects.
  void unpack() {
    std::size_t left = unpacked_bytes_max;
    for (const auto& packed : packed_) {
      auto& text =
          unpacked_.emplace_back(packed.is_deflated ? inflated(packed.stream, left) : std::string(packed.stream));
      if (text.size() > left) {
        result_.unread = fmt::format("its streams of objects unpack to more than {} bytes", unpacked_bytes_max);
        return;
      }
      left -= text.size();
      const std::string_view view = text;
      const auto first = static_cast<std::size_t>(packed.first);
      if (first > view.size() || first == 0) {
        result_.unread = "a stream of objects is damaged";
        continue;
      }
      PdfReader pairs(view.substr(0, first));
      for (int i = 0; i < packed.count && !pairs.is_at_end(); ++i) {
        const auto number = pairs.read();
        const auto offset = pairs.read();
        if (number.kind != PdfValue::Kind::number || offset.kind != PdfValue::Kind::number) break;
        const auto at = first + static_cast<std::size_t>(offset.number);
        if (at >= view.size()) continue;
        // Of an object in the file and one in a stream the later one counts.
        const auto known = objects_.find(number.number);
        if (known == objects_.end() || known->second.at <= packed.at)
          objects_[number.number] = {view.substr(at), packed.at};
      }
    }
  }

  std::optional<PdfValue> value_of(int number) {
    const auto found = objects_.find(number);
    if (found == objects_.end()) return std::nullopt;
    return read(found->second);
  }

  bool can_look_at_more() {
    if (looked_at_ <= looked_at_bytes_max) return true;
    result_.unread = fmt::format("its objects have more than {} bytes to look at", looked_at_bytes_max);
    return false;
  }

  PdfValue read(const Object& object) {
    if (!can_look_at_more()) return {};
    PdfReader reader(object.body);
    auto value = reader.read();
    looked_at_ += reader.at();
    if (reader.is_cut()) result_.unread = fmt::format("an object is nested deeper than {}", PdfReader::depth_max);
    return value;
  }

  // A value, or what it refers to.
  PdfValue resolved(const PdfValue* value) {
    if (value == nullptr) return {};
    if (value->kind != PdfValue::Kind::reference) return *value;
    return value_of(value->number).value_or(PdfValue{});
  }

  void walk() {
    if (!root_ || !value_of(*root_)) root_ = find_catalogue();
    if (!root_) return;
    result_.has_catalogue = true;
    const auto catalogue = *value_of(*root_);
    result_.has_structure = catalogue.find("StructTreeRoot") != nullptr;
    const auto mark = resolved(catalogue.find("MarkInfo"));
    result_.is_marked = mark.find("Marked") != nullptr && resolved(mark.find("Marked")).text == "true";
    const auto language = resolved(catalogue.find("Lang"));
    result_.has_language = language.kind == PdfValue::Kind::string && !language.text.empty();
    if (result_.has_language && !result_.is_encrypted) result_.language = pdf_text(language.text);
    std::vector<int> waiting{*root_};
    std::set<int> seen{*root_};
    while (!waiting.empty()) {
      const int number = waiting.back();
      waiting.pop_back();
      if (const auto value = value_of(number)) look_at(*value, number, waiting, seen);
    }
    std::sort(result_.active.begin(), result_.active.end(), [](const PdfActive& a, const PdfActive& b) {
      return std::tie(a.at, a.object) < std::tie(b.at, b.object);
    });
  }

  std::optional<int> find_catalogue() {
    for (const auto& [number, object] : objects_) {
      const auto value = read(object);
      if (const auto* type = value.find("Type"); type != nullptr && type->is_name("Catalog")) return number;
    }
    return std::nullopt;
  }

  void look_at(const PdfValue& value, int number, std::vector<int>& waiting, std::set<int>& seen) {
    if (value.kind == PdfValue::Kind::reference && seen.insert(value.number).second) waiting.push_back(value.number);
    for (const auto& item : value.items) look_at(item, number, waiting, seen);
    if (value.kind != PdfValue::Kind::dictionary) return;
    const auto* kind = value.find("S");
    if (kind != nullptr && kind->is_name("Launch")) add("Launch", name_in(value), number);
    if (value.find("JS") != nullptr || (kind != nullptr && kind->is_name("JavaScript"))) add("JavaScript", {}, number);
    if (kind != nullptr && kind->is_name("URI")) {
      const auto url = string_in(value, "URI", result_.has_hidden_link);
      if (is_script(url)) add("JavaScript", url, number);
      if (to_lower(url).starts_with("file:")) add("URI", url, number);
    }
    if (kind != nullptr && (kind->is_name("GoToR") || kind->is_name("SubmitForm")))
      add(kind->text, name_in(value), number);
    if (const auto* files = value.find("EF"))
      add("EmbeddedFile", name_in(value), number, is_program_content(content_of_file(*files)));
    if (const auto* form = value.find("XFA"); form != nullptr && has_script_in_form(*form))
      add("JavaScript", "form", number);
    for (const auto& member : value.members) look_at(member.value, number, waiting, seen);
  }

  // Empty where there is none, or it cannot be read: then `is_hidden` is set.
  std::string string_in(const PdfValue& value, std::string_view key, bool& is_hidden) {
    const auto found = resolved(value.find(key));
    if (found.kind != PdfValue::Kind::string) return {};
    is_hidden = is_hidden || result_.is_encrypted;
    return result_.is_encrypted ? "" : shorten(pdf_text(found.text), 200);
  }

  // Of a file specification (7.11.3), or of the action that has one.
  std::string name_in(const PdfValue& value, int depth = 0) {
    for (const auto* key : {"UF", "F", "Win"}) {
      const auto found = resolved(value.find(key));
      if (found.kind == PdfValue::Kind::string) return string_in(value, key, result_.has_hidden_name);
      if (found.kind == PdfValue::Kind::dictionary && depth < 2)
        if (auto name = name_in(found, depth + 1); !name.empty()) return name;
    }
    return {};
  }

  // At most so many bytes of the stream that a value refers to; empty where there is none,
  // or it is not read: then `is_hidden` is set.
  std::string stream_of(const PdfValue& reference, std::size_t bytes_max, bool& is_hidden) {
    const auto found = objects_.find(reference.number);
    if (reference.kind != PdfValue::Kind::reference || found == objects_.end()) return {};
    const auto& object = found->second;
    if (result_.is_encrypted || object.has_other_filter) {
      is_hidden = is_hidden || !object.stream.empty();
      return {};
    }
    if (!can_look_at_more()) return {};
    std::string text(object.deflations == 0 ? object.stream.substr(0, bytes_max) : std::string_view());
    looked_at_ += text.size();
    std::string_view packed = object.stream;
    for (auto left = object.deflations; left > 0 && can_look_at_more(); --left) {
      text = inflated(packed, left == 1 ? bytes_max : form_bytes_max);
      packed = text;
      looked_at_ += text.size();
    }
    return text.substr(0, bytes_max);
  }

  // The beginning of an embedded file (7.11.4): its dictionary has it once for each system.
  std::string content_of_file(const PdfValue& files) {
    const auto dictionary = resolved(&files);
    for (const auto& [system, stream] : dictionary.members)
      if (auto head = stream_of(stream, program_head_bytes, result_.has_hidden_file); !head.empty()) return head;
    return {};
  }

  // 12.7.8: one stream, or a list of names and streams.
  bool has_script_in_form(const PdfValue& form) {
    const auto parts = resolved(&form);
    if (parts.kind != PdfValue::Kind::list) return has_script_in_part(form);
    return std::any_of(parts.items.begin(), parts.items.end(),
                       [this](const auto& part) { return has_script_in_part(part); });
  }

  bool has_script_in_part(const PdfValue& part) {
    const auto text = stream_of(part, form_bytes_max + 1, result_.has_hidden_form);
    result_.has_hidden_form = result_.has_hidden_form || text.size() > form_bytes_max;
    return has_form_script(pdf_text(text));
  }

  void add(std::string kind, std::string name, int number, bool is_program = false) {
    if (result_.active.size() == active_count_max) return;
    const auto found = objects_.find(number);
    result_.active.push_back(
        {std::move(kind), std::move(name), number, found == objects_.end() ? 0 : found->second.at, is_program});
  }

  std::string_view bytes_;
  PdfObjects result_;
  std::unordered_map<int, Object> objects_;
  std::vector<Packed> packed_;
  std::vector<std::pair<std::string_view, std::size_t>> streams_;  // others than of objects; how often deflated
  std::deque<std::string> unpacked_;
  std::optional<int> root_;
  std::size_t looked_at_ = 0;
};

}  // namespace

std::string too_much_to_unpack(std::string_view bytes) { return Scan(bytes).too_much(); }

PdfObjects read_pdf_objects(std::string_view bytes) { return Scan(bytes).run(); }

}  // namespace bb::documents
