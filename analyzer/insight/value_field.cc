#include "analyzer/insight/value_field.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace latcast::insight {
namespace {

bool SameMap(const FieldTerm& a, const FieldTerm& b) {
  if (a.map == b.map) return true;
  return a.map != nullptr && b.map != nullptr && *a.map == *b.map;
}

// Every element sees the same.
FieldTerm Fixed(const Interval& field, FieldTerm term) {
  term.axes = 0;
  term.map = std::make_shared<FieldMap>(FieldMap::Fixed(field));
  term.reach = Overlap(field, term.reach);
  term.part_reach = Overlap(field, term.part_reach);
  return term;
}

// Its position lies somewhere on these axes.
FieldTerm Inexact(const FieldTerm& term, AxisSet axes) {
  FieldTerm inexact = term;
  inexact.axes = axes;
  inexact.map = nullptr;
  return inexact;
}

// Axes of `from`, and the axes of `to` that hold the same elements; axes of length 1 are left out.
struct Block {
  std::vector<size_t> from;
  std::vector<size_t> to;
};

std::vector<Block> Blocks(const graph::Shape& from, const graph::Shape& to) {
  std::vector<Block> blocks;
  size_t i = 0;
  size_t o = 0;
  while (i < from.size() || o < to.size()) {
    Block block;
    int64_t in = 1;
    int64_t out = 1;
    do {
      // The side that is behind takes its next axis; ones are passed over.
      if (i < from.size() && (in <= out || o == to.size())) {
        if (from[i] != 1) block.from.push_back(i);
        in *= from[i++];
      } else if (o < to.size()) {
        if (to[o] != 1) block.to.push_back(o);
        out *= to[o++];
      }
    } while (in != out && (i < from.size() || o < to.size()));
    blocks.push_back(std::move(block));
  }
  return blocks;
}

}  // namespace

bool operator==(const FieldTerm& a, const FieldTerm& b) {
  return a.axes == b.axes && a.at_most == b.at_most && a.reach == b.reach &&
         a.reach_exact == b.reach_exact && a.part_reach == b.part_reach && SameMap(a, b);
}

ValueField ValueField::OfInput(size_t axis, int64_t length) {
  ValueField field;
  FieldTerm term;
  term.axes = Bit(axis);
  term.map = std::make_shared<FieldMap>(FieldMap::Identity());
  term.reach = {0, length - 1};
  term.part_reach = term.reach;
  field.terms_.push_back(std::move(term));
  return field;
}

ValueField ValueField::Unknown(size_t rank) {
  ValueField field;
  FieldTerm term;
  term.axes = AllAxes(rank);
  term.reach_exact = false;
  field.terms_.push_back(std::move(term));
  return field;
}

const FieldTerm* ValueField::Exact() const {
  if (whole_ || terms_.size() != 1 || terms_.front().map == nullptr) return nullptr;
  return &terms_.front();
}

bool ValueField::LiesOn(size_t axis) const {
  return std::ranges::any_of(terms_, [axis](const FieldTerm& term) {
    return term.map != nullptr && term.axes == Bit(axis);
  });
}

bool ValueField::MayLieOn(AxisSet axes) const {
  return std::ranges::any_of(terms_,
                             [axes](const FieldTerm& term) { return (term.axes & axes) != 0; });
}

void ValueField::AddTerm(FieldTerm term) {
  const auto same = std::ranges::find_if(terms_, [&term](const FieldTerm& other) {
    return other.axes == term.axes && (other.map == nullptr) == (term.map == nullptr);
  });
  if (same == terms_.end()) {
    terms_.push_back(std::move(term));
    return;
  }
  same->at_most = same->at_most || term.at_most;
  same->reach = Hull(same->reach, term.reach);
  same->reach_exact = same->reach_exact && term.reach_exact;
  same->part_reach = Hull(same->part_reach, term.part_reach);
  if (term.map == nullptr) return;
  std::optional<FieldMap> map = FieldMap::Union(*same->map, *term.map);
  if (!map) {
    FieldTerm inexact = Inexact(*same, same->axes);
    terms_.erase(same);
    AddTerm(std::move(inexact));
  } else if (*map != *same->map) {
    same->map = std::make_shared<FieldMap>(*std::move(map));
  }
}

void ValueField::SetTerms(std::vector<FieldTerm> terms) {
  terms_.clear();
  for (FieldTerm& term : terms) AddTerm(std::move(term));
}

void ValueField::Add(const ValueField& other) {
  const bool all_whole = (whole_ && uneven_ == 0) || (other.whole_ && other.uneven_ == 0);
  uneven_ = all_whole ? 0 : uneven_ | other.uneven_;
  whole_ = whole_ || other.whole_;
  for (const FieldTerm& term : other.terms_) AddTerm(term);
  if (whole_) terms_.clear();
}

void ValueField::Collapse(AxisSet axes, int64_t input_length) {
  const Interval all = {0, input_length - 1};
  uneven_ &= ~axes;
  std::vector<FieldTerm> terms;
  for (FieldTerm term : terms_) {
    if (uneven_ == 0) term.part_reach = term.reach;
    const AxisSet rest = term.axes & ~axes;
    if (rest == 0 && Overlap(term.reach, all) == all) whole_ = true;
    if (rest == 0 && Overlap(term.part_reach, all) == all) uneven_ = 0;
    if (rest == 0 && term.reach_exact) {
      terms.push_back(Fixed(term.reach, term));
    } else {
      terms.push_back(rest == term.axes ? term : Inexact(term, rest));
    }
  }
  if (whole_) terms.clear();
  SetTerms(std::move(terms));
}

void ValueField::MoveAxes(const std::vector<std::optional<size_t>>& to) {
  for (size_t axis = 0; axis < to.size(); ++axis) {
    if (!to[axis]) Repeat(axis);
  }
  const auto moved = [&to](AxisSet axes) {
    AxisSet result = 0;
    for (size_t axis = 0; axis < to.size(); ++axis) {
      if (to[axis] && (axes & Bit(axis)) != 0) result |= Bit(*to[axis]);
    }
    return result;
  };
  std::vector<FieldTerm> terms = terms_;
  for (FieldTerm& term : terms) term.axes = moved(term.axes);
  uneven_ = moved(uneven_);
  SetTerms(std::move(terms));
}

void ValueField::Repeat(size_t axis) {
  std::vector<FieldTerm> terms;
  for (const FieldTerm& term : terms_) {
    if ((term.axes & Bit(axis)) == 0) {
      terms.push_back(term);
      continue;
    }
    const AxisSet rest = term.axes & ~Bit(axis);
    if (term.map != nullptr) {
      terms.push_back(Fixed(term.map->At(0), term));
    } else if (rest == 0 && term.reach_exact) {
      terms.push_back(Fixed(term.reach, term));
    } else {
      terms.push_back(Inexact(term, rest));
    }
  }
  uneven_ &= ~Bit(axis);
  SetTerms(std::move(terms));
}

void ValueField::Reshape(const graph::Shape& from, const graph::Shape& to) {
  std::vector<AxisSet> targets(from.size(), 0);  // by axis: where its elements go
  AxisSet kept = 0;                              // axes that stay as they are
  for (const Block& block : Blocks(from, to)) {
    AxisSet target = 0;
    for (const size_t axis : block.to) target |= Bit(axis);
    for (const size_t axis : block.from) targets[axis] = target;
    if (block.from.size() == 1 && block.to.size() == 1) kept |= Bit(block.from.front());
  }
  for (size_t axis = 0; axis < from.size(); ++axis) {
    if (from[axis] == 1) Repeat(axis);
  }
  const auto moved = [&targets](AxisSet axes) {
    AxisSet result = 0;
    for (size_t axis = 0; axis < targets.size(); ++axis) {
      if ((axes & Bit(axis)) != 0) result |= targets[axis];
    }
    return result;
  };
  std::vector<FieldTerm> terms;
  for (const FieldTerm& term : terms_) {
    const bool stays = term.map != nullptr && (term.axes & ~kept) == 0;
    terms.push_back(stays ? term : Inexact(term, term.axes));
    terms.back().axes = moved(term.axes);
  }
  uneven_ = moved(uneven_);
  SetTerms(std::move(terms));
}

void ValueField::Remap(size_t axis, int64_t length,
                       const std::function<std::optional<FieldMap>(const FieldMap&)>& change) {
  std::vector<FieldTerm> terms = terms_;
  for (FieldTerm& term : terms) {
    if ((term.axes & Bit(axis)) == 0) continue;
    std::optional<FieldMap> map;
    if (term.map != nullptr) map = change(*term.map);
    if (map) {
      const bool even = uneven_ == 0;
      term.reach = map->Reach(length, term.reach);
      // What each place of the uneven axes saw before, it need not see any more.
      term.part_reach = even ? term.reach : map->Reach(length, term.part_reach);
      term.map = std::make_shared<FieldMap>(*std::move(map));
    } else {
      term.map = nullptr;
      term.reach = {};
      term.reach_exact = false;
      term.part_reach = {};
    }
  }
  SetTerms(std::move(terms));
}

void ValueField::Shuffle(size_t axis) {
  std::vector<FieldTerm> terms = terms_;
  for (FieldTerm& term : terms) {
    if ((term.axes & Bit(axis)) != 0) term.map = nullptr;
  }
  SetTerms(std::move(terms));
}

ValueField ValueField::SideBySide(const std::vector<ValueField>& parts, size_t axis) {
  ValueField result;
  for (const ValueField& part : parts) result.Add(part);
  const bool even = std::ranges::adjacent_find(parts, std::not_equal_to()) == parts.end();
  if (even) return result;
  result.uneven_ |= Bit(axis);
  // Every part has a term like it, and sees at least this much by it.
  for (FieldTerm& term : result.terms_) {
    for (const ValueField& part : parts) {
      if (part.whole_) continue;
      const auto like = std::ranges::find_if(part.terms_, [&term](const FieldTerm& other) {
        return other.axes == term.axes && (other.map == nullptr) == (term.map == nullptr);
      });
      term.part_reach =
          like == part.terms_.end() ? Interval() : Overlap(term.part_reach, like->part_reach);
    }
  }
  return result;
}

void ValueField::MarkUneven(size_t axis) {
  uneven_ |= Bit(axis);
  for (FieldTerm& term : terms_) term.part_reach = {};
}

void ValueField::TakePart(size_t axis, size_t rank) {
  if ((uneven_ & Bit(axis)) == 0) return;
  if (whole_) {
    const AxisSet uneven = uneven_;
    *this = Unknown(rank);
    uneven_ = uneven;
    return;
  }
  for (FieldTerm& term : terms_) {
    term.at_most = true;
    term.reach = term.part_reach;
    term.reach_exact = false;
  }
}

}  // namespace latcast::insight
