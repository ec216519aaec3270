// harness/documents/pdf_objects.hpp - what stands in a PDF's objects that poppler's
// programs do not tell: its language, what it runs, opens and sends, embedded files.
//
// The file is scanned for objects, as a reader does that mends a damaged file, so
// no cross-reference table is believed; of two with one number the later counts,
// and only what the catalogue leads to is looked at. PDF 32000-1:2008, 7.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bb::documents {

// An action, script or file in a PDF that a reader may run or open.
struct PdfActive {
  std::string kind;         // "Launch", "GoToR", "SubmitForm", "JavaScript", "EmbeddedFile", "URI" (of a file)
  std::string name;         // of the program, file or receiver, as far as it is named
  int object = 0;           // its number
  std::size_t at = 0;       // where the object, or the stream that holds it, begins
  bool is_program = false;  // of an EmbeddedFile: by its content
};

struct PdfObjects {
  std::string version;  // of the header: "1.7"; empty where there is none
  std::size_t header_at = 0;
  bool has_end = false;  // %%EOF within the last 1024 bytes
  bool has_catalogue = false;
  bool is_encrypted = false;
  bool has_language = false;
  std::string language;           // of the catalogue; empty where it is encrypted
  bool is_marked = false;         // /MarkInfo /Marked true
  bool has_structure = false;     // /StructTreeRoot
  bool has_hidden_link = false;   // to an address that is encrypted
  bool has_hidden_name = false;   // of a program or file, that is encrypted
  bool has_hidden_file = false;   // embedded, that is encrypted or packed in a way that is not read
  bool has_hidden_form = false;   // of XFA, likewise
  std::vector<PdfActive> active;  // in order of place, at most active_count_max
  std::string unread;             // why not all could be looked at; empty: all was
};

inline constexpr std::size_t active_count_max = 100;

// Why a program that unpacks all streams but pictures would have too much to do: one
// unpacks to more than 64 MiB, or all of them to more than 256 MiB; empty: none is.
std::string too_much_to_unpack(std::string_view bytes);

// Never fails: what cannot be read is said in `unread`. Linear in the bytes, and
// in at most 64 MiB of what its streams of objects unpack to.
PdfObjects read_pdf_objects(std::string_view bytes);

}  // namespace bb::documents
