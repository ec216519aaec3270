#include "pdf_tags.hpp"

#include <new>
#include <string>
#include <string_view>

namespace bb::records {
namespace {

constexpr std::size_t elements_max = 30'000;  // of a section: libharu's arrays hold 32,767

template <class Object>
Object* checked(Object* object) {
  if (object == nullptr) throw std::bad_alloc();
  return object;
}

HPDF_Dict new_object(HPDF_Doc pdf) {
  auto* object = checked(HPDF_Dict_New(pdf->mmgr));
  if (HPDF_Xref_Add(pdf->xref, object) != HPDF_OK) throw std::bad_alloc();
  return object;
}

void write(HPDF_Page page, const std::string& operators) {
  HPDF_Stream_WriteStr(static_cast<HPDF_PageAttr>(page->attr)->stream, operators.c_str());
}

}  // namespace

PdfTags::PdfTags(HPDF_Doc pdf) : pdf_(pdf), root_(new_object(pdf)) {
  if (pdf_->pdf_version < HPDF_VER_14) pdf_->pdf_version = HPDF_VER_14;  // of MarkInfo and Lang
  HPDF_Dict_AddName(root_, "Type", "StructTreeRoot");
  HPDF_Dict_Add(pdf_->catalog, "StructTreeRoot", root_);
  auto* mark = checked(HPDF_Dict_New(pdf_->mmgr));
  HPDF_Dict_Add(pdf_->catalog, "MarkInfo", mark);
  HPDF_Dict_AddBoolean(mark, "Marked", HPDF_TRUE);
  document_ = add_element("Document", root_, add_kids(root_));
  sections_ = add_kids(document_);
}

HPDF_Array PdfTags::add_kids(HPDF_Dict element) {
  auto* kids = checked(HPDF_Array_New(pdf_->mmgr));
  HPDF_Dict_Add(element, "K", kids);
  return kids;
}

HPDF_Dict PdfTags::add_element(const char* type, HPDF_Dict parent, HPDF_Array siblings) {
  auto* element = new_object(pdf_);
  HPDF_Dict_AddName(element, "Type", "StructElem");
  HPDF_Dict_AddName(element, "S", type);
  HPDF_Dict_Add(element, "P", parent);
  HPDF_Array_Add(siblings, element);
  return element;
}

void PdfTags::open(const char* type) {
  type_ = type;
  element_ = nullptr;
}

void PdfTags::begin(HPDF_Page page) {
  if (element_ == nullptr) {
    const std::string_view type = type_;
    if (section_ == nullptr || type == "H1" || type == "H2" || in_section_count_ == elements_max) {
      section_ = add_element("Sect", document_, sections_);
      in_section_ = add_kids(section_);
      in_section_count_ = 0;
    }
    ++in_section_count_;
    element_ = add_element(type_, section_, in_section_);
    content_ = add_kids(element_);
    element_page_ = page;
    HPDF_Dict_Add(element_, "Pg", page);
  }
  if (pages_.empty() || pages_.back().page != page) {
    HPDF_Dict_AddNumber(page, "StructParents", static_cast<HPDF_INT32>(pages_.size()));
    pages_.push_back({page, checked(HPDF_Array_New(pdf_->mmgr))});
  }
  auto& marked = pages_.back();
  HPDF_Array_Add(marked.elements, element_);
  if (page == element_page_) {
    HPDF_Array_AddNumber(content_, marked.count);
  } else {
    auto* reference = checked(HPDF_Dict_New(pdf_->mmgr));
    HPDF_Array_Add(content_, reference);
    HPDF_Dict_AddName(reference, "Type", "MCR");
    HPDF_Dict_Add(reference, "Pg", page);
    HPDF_Dict_AddNumber(reference, "MCID", marked.count);
  }
  write(page, "/" + std::string(type_) + " <</MCID " + std::to_string(marked.count++) + ">> BDC\n");
}

void PdfTags::begin_artifact(HPDF_Page page) { write(page, "/Artifact BMC\n"); }

void PdfTags::end(HPDF_Page page) { write(page, "EMC\n"); }

void PdfTags::finish() {
  auto* tree = new_object(pdf_);
  HPDF_Dict_Add(root_, "ParentTree", tree);
  auto* numbers = checked(HPDF_Array_New(pdf_->mmgr));
  HPDF_Dict_Add(tree, "Nums", numbers);
  for (std::size_t i = 0; i < pages_.size(); ++i) {
    HPDF_Array_AddNumber(numbers, static_cast<HPDF_INT32>(i));
    HPDF_Array_Add(numbers, pages_[i].elements);
  }
  HPDF_Dict_AddNumber(root_, "ParentTreeNextKey", static_cast<HPDF_INT32>(pages_.size()));
}

}  // namespace bb::records
