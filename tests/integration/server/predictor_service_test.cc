#include <atomic>
#include <cmath>
#include <functional>
#include <limits>
#include <thread>

#include "analyzer/blocks/block_library.h"
#include "analyzer/features/graph_features.h"
#include "analyzer/import/lcg.h"
#include "analyzer/import/load_model.h"
#include "regression/predict.h"
#include "tests/integration/server/server_fixture.h"

namespace latcast::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kSpec = "block:InvertedResidual?cin=24&cout=24&h=56&w=56";

FeatureVector GraphFeatures(const graph::Graph& graph, int threads = 1) {
  return features::ComputeFeatures(graph, {.threads = threads}).value().total;
}

v1::PredictRequest FeatureRequest() {
  v1::PredictRequest request;
  request.mutable_target()->set_device("epyc");
  for (const char* name : {"macs_all", "elementwise", "kernels"}) {
    v1::FeatureValue& value = *request.mutable_features()->add_values();
    value.set_name(name);
    value.set_value(100);
  }
  return request;
}

class PredictorServiceTest : public ServerTest {};

// A block is forecast as the library forecasts it in process, and the answer names its source.
TEST_F(PredictorServiceTest, PredictsABlock) {
  v1::Target target;
  target.set_interval_level(0.5);
  ASSERT_OK_AND_ASSIGN(const auto answer, client().PredictBlock(kSpec, target));
  const auto expected =
      regression::Predict(GraphFeatures(blocks::BuildBlock(kSpec).value()), LinearModel(), {0.5});
  EXPECT_EQ(answer.forecast().latency_ms(), expected.latency_ms);
  EXPECT_EQ(answer.forecast().lower_ms(), expected.lower_ms);
  EXPECT_EQ(answer.forecast().upper_ms(), expected.upper_ms);
  EXPECT_EQ(answer.forecast().out_of_domain(), expected.out_of_domain);
  EXPECT_EQ(answer.source().device(), "epyc");
  EXPECT_EQ(answer.source().version(), 1);
  EXPECT_EQ(answer.source().family(), "relative");
  EXPECT_EQ(answer.source().metric(), "wall");
  EXPECT_EQ(answer.source().unit(), "ms");
  EXPECT_EQ(answer.source().threads(), 1);
  EXPECT_EQ(answer.source().model_hash(), regression::ModelHash(LinearModel()));
}

// The mode decides the model, and with it which features are taken at how many threads.
TEST_F(PredictorServiceTest, PredictsInTheModeAskedFor) {
  v1::Target target;
  target.set_threads(2);
  ASSERT_OK_AND_ASSIGN(const auto answer, client().PredictBlock(kSpec, target));
  const FeatureVector features = GraphFeatures(blocks::BuildBlock(kSpec).value(), 2);
  EXPECT_EQ(answer.forecast().latency_ms(),
            regression::Predict(features, ClassicModel()).latency_ms);
  EXPECT_EQ(answer.source().family(), "classic");
  EXPECT_EQ(answer.source().threads(), 2);
  EXPECT_EQ(answer.forecast().lower_ms(), answer.forecast().latency_ms()) << "no interval is known";
}

// Features give what the block they come from gives; the level 0 stands for 0.9.
TEST_F(PredictorServiceTest, PredictsFeatures) {
  const FeatureVector features = GraphFeatures(blocks::BuildBlock(kSpec).value());
  ASSERT_OK_AND_ASSIGN(const auto by_features, client().PredictFeatures(features));
  v1::Target target;
  target.set_interval_level(0.9);
  ASSERT_OK_AND_ASSIGN(const auto by_block, client().PredictBlock(kSpec, target));
  EXPECT_EQ(by_features.forecast().SerializeAsString(), by_block.forecast().SerializeAsString());
}

// Every mistake has its documented code and names its field.
TEST_F(PredictorServiceTest, RefusesBadRequestsByField) {
  using Spoil = std::function<void(v1::PredictRequest&)>;
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  constexpr auto kNotFound = absl::StatusCode::kNotFound;
  const auto value = [](double number) {
    return [number](v1::PredictRequest& r) {
      r.mutable_features()->mutable_values(1)->set_value(number);
    };
  };
  const struct {
    absl::StatusCode code;
    const char* message;
    Spoil spoil;
  } cases[] = {
      {kInvalid, "subject: set block or features", [](auto& r) { r.clear_features(); }},
      {kInvalid, "features.values[1].value: 'elementwise'", value(-1)},
      {kInvalid, "features.values[1].value: 'elementwise'", value(std::nan(""))},
      {kInvalid, "features.values[1].value: 'elementwise'",
       value(std::numeric_limits<double>::infinity())},
      {kInvalid, "features.values[2].name: unknown feature 'kernel'; did you mean 'kernels'?",
       [](auto& r) { r.mutable_features()->mutable_values(2)->set_name("kernel"); }},
      {kInvalid, "features.values[2].name: 'macs_all' is there twice",
       [](auto& r) { r.mutable_features()->mutable_values(2)->set_name("macs_all"); }},
      {kInvalid, "kernels", [](auto& r) { r.mutable_features()->mutable_values()->RemoveLast(); }},
      {kInvalid, "target.interval_level: must be between 0 and 1",
       [](auto& r) { r.mutable_target()->set_interval_level(1.0); }},
      {kInvalid, "target.threads", [](auto& r) { r.mutable_target()->set_threads(-1); }},
      {kNotFound, "target.device: 'epic'", [](auto& r) { r.mutable_target()->set_device("epic"); }},
      {absl::StatusCode::kFailedPrecondition, "no model for metric 'gpu'",
       [](auto& r) { r.mutable_target()->set_metric("gpu"); }},
      {kNotFound, "block: ", [](auto& r) { r.set_block("block:InvertedResidua"); }},
      {kInvalid, "block: ", [](auto& r) { r.set_block("block:BasicBlock7?batch=0"); }},
      {kInvalid, "block: ", [](auto& r) { r.set_block("block:BasicBlock7?nonsense=1"); }},
      {kInvalid, "block: ", [](auto& r) { r.set_block(std::string(5000, 'x')); }},
      {absl::StatusCode::kResourceExhausted, "7000",
       [](auto& r) { r.set_block(std::string(7'000'000, 'x')); }},
  };
  for (const auto& test : cases) {
    v1::PredictRequest request = FeatureRequest();
    test.spoil(request);
    EXPECT_THAT(client().Predict(request), StatusIs(test.code, HasSubstr(test.message)));
  }
  EXPECT_OK(client().Predict(FeatureRequest()));
}

// The largest batch with every feature column fits, and equals its single forecasts.
TEST_F(PredictorServiceTest, PredictsAFullBatchOfColumns) {
  constexpr int kItems = 16384;
  v1::BatchPredictRequest request;
  for (size_t i = 0; i < kFeatureCount; ++i) {
    v1::Column& column = *request.mutable_features()->add_columns();
    column.set_name(std::string(Info(static_cast<Feature>(i)).name));
    for (int item = 0; item < kItems; ++item) {
      column.add_values(static_cast<double>(item) * 7.0 + static_cast<double>(i));
    }
  }
  ASSERT_OK_AND_ASSIGN(const auto batch, client().BatchPredict(request));
  ASSERT_EQ(batch.latency_ms_size(), kItems);
  ASSERT_EQ(batch.lower_ms_size(), kItems);
  ASSERT_EQ(batch.upper_ms_size(), kItems);
  ASSERT_EQ(batch.out_of_domain_size(), kItems);
  EXPECT_EQ(batch.errors_size(), 0);
  EXPECT_EQ(batch.source().device(), "epyc");
  for (const int item : {0, 1, kItems - 1}) {
    FeatureVector features;
    for (size_t i = 0; i < kFeatureCount; ++i) {
      features.Set(static_cast<Feature>(i),
                   request.features().columns(static_cast<int>(i)).values(item));
    }
    ASSERT_OK_AND_ASSIGN(const auto single, client().PredictFeatures(features));
    EXPECT_EQ(batch.latency_ms(item), single.forecast().latency_ms());
    EXPECT_EQ(batch.lower_ms(item), single.forecast().lower_ms());
    EXPECT_EQ(batch.upper_ms(item), single.forecast().upper_ms());
    EXPECT_EQ(batch.out_of_domain(item), single.forecast().out_of_domain());
  }
  for (v1::Column& column : *request.mutable_features()->mutable_columns()) column.add_values(1);
  EXPECT_THAT(client().BatchPredict(request),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("features.columns"), HasSubstr("at most 16384"))));
}

// A batch of blocks: forecasts where the spec is right, NaN and an error where it is wrong.
TEST_F(PredictorServiceTest, BatchErrorsBelongToItems) {
  v1::BatchPredictRequest request;
  for (const char* spec : {kSpec, "block:Nonsense", kSpec, "block:BasicBlock7?batch=x"}) {
    request.mutable_blocks()->add_specs(spec);
  }
  ASSERT_OK_AND_ASSIGN(const auto batch, client().BatchPredict(request));
  ASSERT_OK_AND_ASSIGN(const auto single, client().PredictBlock(kSpec));
  ASSERT_EQ(batch.latency_ms_size(), 4);
  EXPECT_EQ(batch.latency_ms(0), single.forecast().latency_ms());
  EXPECT_EQ(batch.latency_ms(2), single.forecast().latency_ms());
  EXPECT_TRUE(std::isnan(batch.latency_ms(1)));
  EXPECT_TRUE(std::isnan(batch.lower_ms(3)));
  ASSERT_EQ(batch.errors_size(), 2);
  EXPECT_EQ(batch.errors(0).index(), 1);
  EXPECT_EQ(batch.errors(0).code(), static_cast<int>(absl::StatusCode::kNotFound));
  EXPECT_THAT(batch.errors(0).message(), HasSubstr("Nonsense"));
  EXPECT_EQ(batch.errors(1).index(), 3);
  EXPECT_EQ(batch.errors(1).code(), static_cast<int>(absl::StatusCode::kInvalidArgument));
}

// A batch without a subject, with an unknown column or ragged columns is refused by its field.
TEST_F(PredictorServiceTest, RefusesBadBatchesByField) {
  EXPECT_THAT(client().BatchPredict({}), StatusIs(absl::StatusCode::kInvalidArgument,
                                                  HasSubstr("subject: set blocks or features")));
  v1::BatchPredictRequest request;
  for (const char* name : {"macs_all", "elementwise", "kernels"}) {
    v1::Column& column = *request.mutable_features()->add_columns();
    column.set_name(name);
    column.add_values(1);
  }
  v1::BatchPredictRequest unknown = request;
  unknown.mutable_features()->mutable_columns(0)->set_name("macs");
  EXPECT_THAT(client().BatchPredict(unknown),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("features.columns[0].name")));
  v1::BatchPredictRequest ragged = request;
  ragged.mutable_features()->mutable_columns(2)->add_values(1);
  EXPECT_THAT(client().BatchPredict(ragged), StatusIs(absl::StatusCode::kInvalidArgument,
                                                      HasSubstr("features.columns[2].values")));
  v1::BatchPredictRequest negative = request;
  negative.mutable_features()->mutable_columns(2)->set_values(0, -1);
  ASSERT_OK_AND_ASSIGN(const auto batch, client().BatchPredict(negative));
  ASSERT_EQ(batch.errors_size(), 1);
  EXPECT_THAT(batch.errors(0).message(), HasSubstr("'kernels'"));
}

// A network by name and the same network as a graph have one forecast, whose parts are its
// children.
TEST_F(PredictorServiceTest, PredictsANetwork) {
  v1::PredictModelRequest by_name;
  by_name.set_model("resnet18");
  by_name.set_depth(1);
  ASSERT_OK_AND_ASSIGN(const auto named, client().PredictModel(by_name));
  v1::PredictModelRequest by_graph;
  *by_graph.mutable_graph() = import::ToProto(import::LoadModel("resnet18").value());
  by_graph.set_depth(1);
  ASSERT_OK_AND_ASSIGN(const auto uploaded, client().PredictModel(by_graph));
  EXPECT_EQ(uploaded.SerializeAsString(), named.SerializeAsString());

  std::vector<std::string> paths;
  double sum_ms = 0.0;
  for (const v1::Part& part : named.parts()) {
    if (!part.path().empty()) paths.push_back(part.path());
    sum_ms += part.latency_ms();
  }
  EXPECT_THAT(paths, ElementsAre("conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3",
                                 "layer4", "avgpool", "fc"));
  const double first_piece_ms = named.forecast().latency_ms() - LinearModel().intercept_ms;
  EXPECT_NEAR(sum_ms, first_piece_ms, 1e-9 * first_piece_ms);
  const v1::Terms& terms = named.forecast().terms();
  EXPECT_EQ(terms.memory_ms() + terms.compute_ms() + terms.launch_ms() + terms.other_ms(),
            named.forecast().latency_ms());
  EXPECT_EQ(named.unknown_ops_size(), 0);
  EXPECT_EQ(named.source().version(), 1);
}

// Batch and inputs reshape the network before its forecast.
TEST_F(PredictorServiceTest, ReshapesANetwork) {
  const auto forecast = [](const ops::Reshape& reshape) {
    return regression::Predict(GraphFeatures(import::LoadModel("resnet18", reshape).value()),
                               LinearModel())
        .latency_ms;
  };
  v1::PredictModelRequest request;
  request.set_model("resnet18");
  request.set_batch(4);
  ASSERT_OK_AND_ASSIGN(const auto batch, client().PredictModel(request));
  EXPECT_EQ(batch.forecast().latency_ms(), forecast({.batch = 4}));
  request.clear_batch();
  request.add_inputs("1x3x128x128");
  ASSERT_OK_AND_ASSIGN(const auto small, client().PredictModel(request));
  EXPECT_EQ(small.forecast().latency_ms(), forecast({.inputs = {{1, 3, 128, 128}}}));
}

// Every mistake about a network has its documented code and names its field.
TEST_F(PredictorServiceTest, RefusesBadNetworksByField) {
  using Spoil = std::function<void(v1::PredictModelRequest&)>;
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  const v1::Graph graph = import::ToProto(import::LoadModel("alexnet").value());
  const struct {
    absl::StatusCode code;
    const char* message;
    Spoil spoil;
  } cases[] = {
      {kInvalid, "subject: set model or graph", [](auto& r) { r.clear_model(); }},
      {absl::StatusCode::kNotFound, "model: no zoo network or block is called 'resnet19'",
       [](auto& r) { r.set_model("resnet19"); }},
      {absl::StatusCode::kNotFound, "model: no zoo network or block is called '/etc/passwd'",
       [](auto& r) { r.set_model("/etc/passwd"); }},
      {kInvalid, "depth", [](auto& r) { r.set_depth(-1); }},
      {kInvalid, "batch", [](auto& r) { r.set_batch(-1); }},
      {kInvalid, "inputs[0]", [](auto& r) { r.add_inputs("1x3xbig"); }},
      {kInvalid, "inputs", [](auto& r) { r.add_inputs("1x3x224"); }},
      {kInvalid, "inputs", [](auto& r) { r.add_inputs("1x5x224x224"); }},
      {kInvalid, "graph", [](auto& r) { r.mutable_graph(); }},
      {absl::StatusCode::kFailedPrecondition, "graph",
       [&graph](auto& r) {
         *r.mutable_graph() = graph;
         r.mutable_graph()->set_schema_version(99);
       }},
      {kInvalid, "graph",
       [&graph](auto& r) {
         *r.mutable_graph() = graph;
         r.mutable_graph()->mutable_ops(3)->set_inputs(0, 1'000'000);
       }},
      {kInvalid, "graph",
       [&graph](auto& r) {
         *r.mutable_graph() = graph;
         r.mutable_graph()->mutable_values(0)->set_shape(0, -1);
       }},
  };
  for (const auto& test : cases) {
    v1::PredictModelRequest request;
    request.set_model("alexnet");
    test.spoil(request);
    EXPECT_THAT(client().PredictModel(request), StatusIs(test.code, HasSubstr(test.message)));
  }
}

// An operator nobody knows is named, and the forecast of the rest is given.
TEST_F(PredictorServiceTest, NamesUnknownOperators) {
  v1::PredictModelRequest request;
  *request.mutable_graph() = import::ToProto(import::LoadModel("resnet18").value());
  request.mutable_graph()->mutable_ops(2)->set_type("aten.mystery");
  ASSERT_OK_AND_ASSIGN(const auto answer, client().PredictModel(request));
  ASSERT_EQ(answer.unknown_ops_size(), 1);
  EXPECT_THAT(answer.unknown_ops(0), HasSubstr("mystery"));
  EXPECT_GT(answer.forecast().latency_ms(), 0.25);
}

// While versions change under load, every answer belongs wholly to the version it names.
TEST_F(PredictorServiceTest, ActivationNeverMixesVersions) {
  v1::DeviceProfile slow = ProfileMessage("changing");
  ASSERT_OK(client().CreateProfile(slow, true));
  slow.mutable_models(0)->set_intercept_ms(1000.25);
  ASSERT_OK(client().CreateProfile(slow, false));
  v1::PredictRequest request = FeatureRequest();
  request.mutable_target()->set_device("changing");
  ASSERT_OK_AND_ASSIGN(const auto first, client().Predict(request));
  const double fast_ms = first.forecast().latency_ms();

  std::atomic<bool> stop = false;
  std::vector<int> wrong(3, 0);
  std::vector<std::thread> threads;
  for (int& mine : wrong) {
    threads.emplace_back([&] {
      while (!stop) {
        const auto answer = client().Predict(request);
        const bool right =
            answer.ok() && std::abs(answer->forecast().latency_ms() - fast_ms -
                                    (answer->source().version() == 2 ? 1000.0 : 0.0)) < 1e-6;
        if (!right) ++mine;
      }
    });
  }
  for (int i = 0; i < 20; ++i) EXPECT_OK(client().ActivateProfile("changing", i % 2 + 1));
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(3, 0));
  // A device of its own: with two active devices, a request has to name one.
  EXPECT_THAT(client().PredictBlock(kSpec),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("changing, epyc")));
  v1::Target target;
  target.set_device("epyc");
  EXPECT_OK(client().PredictBlock(kSpec, target));
}

// A batch that cannot be done in time ends at its deadline, and the server goes on.
TEST_F(PredictorServiceTest, StopsAtTheDeadline) {
  ASSERT_OK_AND_ASSIGN(const auto hasty,
                       client::Client::Connect(address(), {.timeout = absl::Milliseconds(5)}));
  v1::BatchPredictRequest request;
  request.mutable_target()->set_device("epyc");
  for (int i = 0; i < 16384; ++i) {
    request.mutable_blocks()->add_specs("block:BasicBlock7?batch=" + std::to_string(i + 1));
  }
  EXPECT_THAT(hasty.BatchPredict(request),
              StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr(address())));
  EXPECT_OK(client().Predict(FeatureRequest()));
}

}  // namespace
}  // namespace latcast::test
