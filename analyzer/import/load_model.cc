#include "analyzer/import/load_model.h"

#include <filesystem>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "analyzer/blocks/block_library.h"
#include "analyzer/import/lcg.h"
#include "analyzer/zoo/zoo.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::import {
namespace {

constexpr std::string_view kBlockPrefix = "block:";

bool IsPath(std::string_view model) {
  return model.find('/') != std::string_view::npos || model.ends_with(".lcg");
}

bool IsBlock(std::string_view model) {
  const std::string_view name = model.substr(0, model.find('?'));
  for (const auto& family : blocks::BuiltinFamilies()) {
    if (family.name == name) return true;
  }
  for (const auto& preset : blocks::ClassicBlocks()) {
    if (preset.name == name) return true;
  }
  return false;
}

std::vector<std::string_view> KnownNames() {
  std::vector<std::string_view> names;
  for (const auto& entry : zoo::ZooEntries()) names.push_back(entry.name);
  for (const auto& family : blocks::BuiltinFamilies()) names.push_back(family.name);
  for (const auto& preset : blocks::ClassicBlocks()) names.push_back(preset.name);
  return names;
}

absl::StatusOr<graph::Graph> ReadLcg(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, LcgLimits{}.max_bytes));
  return Annotate(ParseLcg(bytes), path);
}

absl::StatusOr<graph::Graph> Load(std::string_view model) {
  if (model.empty()) {
    return absl::InvalidArgumentError("no model is named: a .lcg file, a zoo network or a block");
  }
  const std::string name(model);
  if (model.starts_with(kBlockPrefix)) return Annotate(blocks::BuildBlock(model), name);
  if (IsPath(model)) return ReadLcg(name);
  if (const zoo::ZooEntry* entry = zoo::FindZooEntry(model)) {
    return Annotate(ParseLcg(entry->bytes), name);
  }
  if (IsBlock(model)) return Annotate(blocks::BuildBlock(model), name);
  std::error_code error;
  if (std::filesystem::is_regular_file(name, error)) return ReadLcg(name);
  return absl::NotFoundError(
      absl::StrCat("no file, zoo network or block is called '", name, "'",
                   DidYouMean(model.substr(0, model.find('?')), KnownNames())));
}

}  // namespace

absl::StatusOr<graph::Graph> LoadModel(std::string_view model, const ops::Reshape& reshape) {
  ASSIGN_OR_RETURN(graph::Graph graph, Load(model));
  if (reshape.inputs.empty() && !reshape.batch.has_value() && !reshape.dtype.has_value()) {
    return graph;
  }
  return Annotate(ops::WithInputs(std::move(graph), reshape), model);
}

}  // namespace latcast::import
