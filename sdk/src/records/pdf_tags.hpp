// pdf_tags.hpp - the structure of a PDF that is written: what of its pages is a heading,
// what a paragraph, and what is of the page alone (ISO 32000-1, 14.6 to 14.8).
//
// libharu writes pages without structure; the objects are put together here.
#pragma once

#include <hpdf.h>

#include <cstddef>
#include <vector>

namespace bb::records {

class PdfTags {
 public:
  // A document that outlives this. Memory that does not suffice ends in std::bad_alloc.
  explicit PdfTags(HPDF_Doc pdf);

  // What is drawn next is one element: "H1", "H2", "H3" or "P". A heading but H3 begins a section.
  void open(const char* type);
  // What is drawn on a page from here to end() is of the element; again on each page that it goes on.
  // Pages come in their order.
  void begin(HPDF_Page page);
  // As begin(), of what no reader has to say: page numbers.
  void begin_artifact(HPDF_Page page);
  void end(HPDF_Page page);
  // What each page's content is of; behind the last end().
  void finish();

 private:
  struct Marked {
    HPDF_Page page;
    HPDF_Array elements;  // by the number of the content
    int count = 0;
  };

  HPDF_Dict add_element(const char* type, HPDF_Dict parent, HPDF_Array siblings);
  HPDF_Array add_kids(HPDF_Dict element);

  HPDF_Doc pdf_;
  HPDF_Dict root_, document_;
  HPDF_Array sections_;          // of the document
  HPDF_Dict section_ = nullptr;  // the last one
  HPDF_Array in_section_ = nullptr;
  std::size_t in_section_count_ = 0;
  const char* type_ = "P";  // of the element that is open
  HPDF_Dict element_ = nullptr;
  HPDF_Array content_ = nullptr;  // of the element
  HPDF_Page element_page_ = nullptr;
  std::vector<Marked> pages_;
};

}  // namespace bb::records
