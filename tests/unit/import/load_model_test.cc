#include "analyzer/import/load_model.h"

#include <filesystem>
#include <set>

#include "analyzer/import/lcg.h"
#include "analyzer/zoo/zoo.h"
#include "base/file.h"
#include "base/status_matchers.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/import/tiny_graph.h"

namespace latcast::import {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// A shipped network is found by its name, from any folder.
TEST(LoadModel, Zoo) {
  ASSERT_OK_AND_ASSIGN(const graph::Graph graph, LoadModel("resnet18"));
  EXPECT_EQ(graph.name, "resnet18");
  EXPECT_EQ(graph.ops.size(), 69u);
  EXPECT_EQ(graph.value(graph.inputs[0]).shape, (graph::Shape{1, 3, 224, 224}));
}

// The list of the build is the folder: a captured network that nobody embeds would be dead weight.
TEST(LoadModel, ZooIsItsFolder) {
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator("analyzer/zoo")) {
    if (entry.path().extension() == ".lcg") files.insert(entry.path().stem().string());
  }
  std::set<std::string> embedded;
  std::string_view last;
  for (const zoo::ZooEntry& entry : zoo::ZooEntries()) {
    EXPECT_LT(last, entry.name) << "sorted by name";
    last = entry.name;
    embedded.emplace(entry.name);
    ASSERT_OK_AND_ASSIGN(const std::string bytes,
                         ReadFile("analyzer/zoo/" + std::string(entry.name) + ".lcg"));
    EXPECT_EQ(entry.bytes, bytes);
  }
  EXPECT_EQ(embedded, files);
  EXPECT_EQ(zoo::FindZooEntry("resnet1"), nullptr);
  EXPECT_EQ(zoo::FindZooEntry("zzz"), nullptr);
}

// A block is found by its spec, with and without the prefix.
TEST(LoadModel, Block) {
  ASSERT_OK_AND_ASSIGN(const graph::Graph prefixed, LoadModel("block:BasicBlock?cin=64&cout=64"));
  ASSERT_OK_AND_ASSIGN(const graph::Graph bare, LoadModel("BasicBlock?cin=64&cout=64"));
  EXPECT_EQ(prefixed.ops.size(), bare.ops.size());
  EXPECT_OK(LoadModel("BasicBlock"));
}

// A file is found by its path, whatever its extension.
TEST(LoadModel, File) {
  const test::TempFolder folder;
  ASSERT_OK_AND_ASSIGN(const std::string bytes, SerializeLcg(TinyGraph()));
  for (const char* name : {"net.lcg", "net"}) {
    const std::string path = folder.path() + "/" + name;
    ASSERT_OK(WriteFileAtomically(path, bytes));
    ASSERT_OK_AND_ASSIGN(const graph::Graph graph, LoadModel(path));
    EXPECT_EQ(graph.name, "tiny");
  }
}

// What a model is asked to become, it becomes: batch, input, data type.
TEST(LoadModel, Reshape) {
  ASSERT_OK_AND_ASSIGN(const graph::Graph batch, LoadModel("alexnet", {.batch = 8}));
  EXPECT_EQ(batch.value(batch.outputs[0]).shape, (graph::Shape{8, 1000}));
  ASSERT_OK_AND_ASSIGN(
      const graph::Graph other,
      LoadModel("resnet18", {.inputs = {{2, 3, 160, 96}}, .dtype = graph::DType::kFloat16}));
  EXPECT_EQ(other.value(other.outputs[0]).shape, (graph::Shape{2, 1000}));
  EXPECT_EQ(other.value(other.outputs[0]).dtype, graph::DType::kFloat16);
}

// Every error names the model and what would be right.
TEST(LoadModel, Errors) {
  EXPECT_THAT(LoadModel("resnet81"),
              StatusIs(absl::StatusCode::kNotFound,
                       AllOf(HasSubstr("'resnet81'"), HasSubstr("did you mean 'resnet18'?"))));
  EXPECT_THAT(LoadModel("BasicBlok?cin=64"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("did you mean 'BasicBlock'?")));
  EXPECT_THAT(
      LoadModel("qqqqqqqq"),
      StatusIs(absl::StatusCode::kNotFound, "no file, zoo network or block is called 'qqqqqqqq'"));
  EXPECT_THAT(LoadModel(""), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("")));
  EXPECT_THAT(LoadModel("no/such.lcg"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no/such.lcg")));
  EXPECT_THAT(LoadModel("block:BasicBlok"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("BasicBlok")));
  EXPECT_THAT(LoadModel("block:BasicBlock?cins=64"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("cins")));
  EXPECT_THAT(LoadModel("resnet18", {.inputs = {{1, 4, 224, 224}}}),
              StatusIs(absl::StatusCode::kInvalidArgument, StartsWith("resnet18: ")));
  EXPECT_THAT(LoadModel("resnet18", {.inputs = {{1, 3, 224, 224}, {1, 3, 224, 224}}}),
              StatusIs(absl::StatusCode::kInvalidArgument, StartsWith("resnet18: ")));
}

// A file that is no graph is named with the fault.
TEST(LoadModel, BadFile) {
  const test::TempFolder folder;
  ASSERT_OK_AND_ASSIGN(const std::string bytes, SerializeLcg(TinyGraph()));
  const std::string path = folder.path() + "/cut.lcg";
  ASSERT_OK(WriteFileAtomically(path, bytes.substr(0, bytes.size() / 2)));
  EXPECT_THAT(LoadModel(path),
              StatusIs(absl::StatusCode::kInvalidArgument, path + ": truncated gzip data"));
}

}  // namespace
}  // namespace latcast::import
