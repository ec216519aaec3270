#include "harness/documents/view.hpp"

#include <utility>

namespace bb::documents {

ViewBuilder::ViewBuilder(std::string_view root, xml::Position position, std::string path) : tree_(root) {
  positions_.push_back(position);
  paths_.push_back(std::move(path));
}

void ViewBuilder::open(std::string_view name, xml::Position position, std::string path) {
  tree_.open(name);
  positions_.push_back(position);
  paths_.push_back(std::move(path));
}

View ViewBuilder::take() && { return {std::move(tree_).take(), std::move(positions_), std::move(paths_)}; }

}  // namespace bb::documents
