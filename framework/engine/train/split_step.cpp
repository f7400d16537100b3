#include "train/split_step.hpp"

#include "plugin/slice.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

namespace ravine {

struct thread_team::shared {
  std::mutex lock;
  std::condition_variable work_there, work_done;
  const std::function<void(std::size_t)>* part = nullptr;
  std::size_t round = 0, running = 0;
  bool over = false;
  std::exception_ptr failure;
  std::vector<std::thread> threads;

  void fail() {
    const std::lock_guard hold(lock);
    if (!failure) failure = std::current_exception();
  }

  void attempt(const std::function<void(std::size_t)>& work, std::size_t index) noexcept {
    try {
      work(index);
    } catch (...) {
      fail();
    }
  }

  void serve(std::size_t index) {
    for (std::size_t seen = 0;;) {
      std::unique_lock hold(lock);
      work_there.wait(hold, [&] { return over || round != seen; });
      if (over) return;
      seen = round;
      const auto& work = *part;
      hold.unlock();
      attempt(work, index);
      hold.lock();
      if (--running == 0) work_done.notify_one();
    }
  }
};

thread_team::thread_team(std::size_t threads)
    : size_(std::max<std::size_t>(threads, 1)), shared_(std::make_unique<shared>()) {
  for (std::size_t i = 1; i < size_; ++i) shared_->threads.emplace_back([this, i] { shared_->serve(i); });
}

thread_team::~thread_team() {
  {
    const std::lock_guard hold(shared_->lock);
    shared_->over = true;
  }
  shared_->work_there.notify_all();
  for (std::thread& each : shared_->threads) each.join();
}

void thread_team::run(const std::function<void(std::size_t)>& part) {
  {
    const std::lock_guard hold(shared_->lock);
    shared_->part = &part;
    shared_->running = size_ - 1;
    shared_->failure = nullptr;
    ++shared_->round;
  }
  shared_->work_there.notify_all();
  shared_->attempt(part, 0);
  std::unique_lock hold(shared_->lock);
  shared_->work_done.wait(hold, [this] { return shared_->running == 0; });
  if (shared_->failure) std::rethrow_exception(shared_->failure);
}

split_step::split_step(optimizer& rule, const parameter_layout& layout, std::size_t threads,
                       std::vector<stretch> stretches)
    : rule_(rule), layout_(layout), stretches_(std::move(stretches)) {
  const bool scattered = !stretches_.empty();
  const std::size_t parts = std::max<std::size_t>(std::min(threads, layout.size() / least_part), 1);
  if (!rule.which().can(RV_OPTIMIZER_ELEMENTWISE) || (parts == 1 && !scattered)) return;
  if (!scattered) stretches_.push_back({0, 0, layout.size()});
  state_.assign(parts, std::vector<void*>(rule.state().arrays().size()));
  if (parts > 1) team_ = std::make_unique<thread_team>(parts);
}

void split_step::operator()(const rv_step& step) {
  if (state_.empty()) return rule_.step(step);
  if (!team_) return take_part(step, 0);
  team_->run([&](std::size_t part) { take_part(step, part); });
}

void split_step::take_part(const rv_step& whole, std::size_t part) {
  constexpr std::size_t line = 64;  // elements, so that no two threads write to one cache line
  const std::size_t size = layout_.size(), parts = state_.size(), bytes = element_size(layout_.raw()->dtype);
  const auto border = [&](std::size_t i) { return i == parts ? size : size / parts * i / line * line; };
  for (const stretch& each : stretches_) {
    const std::size_t begin = std::max(border(part), each.first);
    const std::size_t end = std::min(border(part + 1), each.first + each.size);
    if (begin >= end) continue;
    rv_step moved = whole;  // as if its arrays began where the layout's first element would lie
    moved.params = static_cast<std::byte*>(whole.params) + (each.place - each.first) * bytes;
    moved.grads = static_cast<const std::byte*>(whole.grads) + (each.place - each.first) * bytes;
    rule_.step(slice(moved, begin, end - begin, layout_, rule_.state(), state_[part]));
  }
}

}  // namespace ravine
