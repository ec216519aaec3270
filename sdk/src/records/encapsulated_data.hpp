// encapsulated_data.hpp - ED: data of any media type inside an element.
#pragma once

#include <optional>
#include <string>

#include "xml_tree.hpp"

namespace bb::records {

struct EncapsulatedData {
  std::string media_type;  // text/plain where nothing is said
  std::string reference;   // where the bytes are, if not here
  // Decoded; nothing where they cannot be had from what stands here: no base64
  // although it says so, or compressed.
  std::optional<std::string> bytes;

  bool is_text() const;
};
EncapsulatedData read_encapsulated_data(XmlNode node);

// Whether the text below is base64, no words.
bool is_base64(XmlNode node);

}  // namespace bb::records
