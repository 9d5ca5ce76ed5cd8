// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.uring.abi.Errno;
import dev.ringport.uring.abi.IoUringConstants;
import dev.ringport.uring.abi.IoUringSqe;
import dev.ringport.uring.abi.Linux;
import dev.ringport.uring.abi.SocketConstants;
import dev.ringport.uring.ring.KeptMemory;
import dev.ringport.uring.testing.LifecycleExecutor;
import dev.ringport.uring.testing.LifecycleHandle;
import dev.ringport.uring.testing.LifecycleLog;
import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The handler by itself, driven by the test's thread, with handles that are no channels. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HandlerLifecycleTest {
    private static final int DATA = 77;

    private final LifecycleExecutor executor = new LifecycleExecutor();
    private final List<AutoCloseable> toClose = new ArrayList<>();

    private static final class Context implements IoHandlerContext {
        private final long waitNanos;

        Context(long waitNanos) {
            this.waitNanos = waitNanos;
        }

        @Override
        public boolean canBlock() {
            return waitNanos > 0;
        }

        @Override
        public long delayNanos(long currentTimeNanos) {
            return waitNanos;
        }

        @Override
        public long deadlineNanos() {
            return -1;
        }
    }

    private static final IoHandlerContext NO_WAIT = new Context(0);
    private static final IoHandlerContext WAIT = new Context(TimeUnit.SECONDS.toNanos(30));

    private LifecycleExecutor here() {
        // JUnit runs the test on a thread of its own.
        return executor.isExecutorThread(Thread.currentThread()) ? executor : new LifecycleExecutor();
    }

    private UringIoHandler handler(LifecycleExecutor by, UringIoHandlerConfig config) {
        UringIoHandler handler = (UringIoHandler) UringIoHandler.newFactory(config).newHandler(by);
        handler.initialize();
        return handler;
    }

    private UringIoHandler handler() {
        return handler(here(), new UringIoHandlerConfig());
    }

    private static UringIoOps nop(long data) {
        return new UringIoOps(IoUringConstants.IORING_OP_NOP, -1, 0, 0, 0, 0, data);
    }

    private int eventfd() {
        int fd = Linux.eventfd(NativeCalls.threadCapture(), 0, SocketConstants.EFD_CLOEXEC);
        toClose.add(() -> Linux.close(NativeCalls.threadCapture(), fd));
        return fd;
    }

    private static UringIoOps pollIn(int fd, long data) {
        return new UringIoOps(IoUringConstants.IORING_OP_POLL_ADD, fd, 0, 0, 0, SocketConstants.POLLIN, data);
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable closeable : toClose) {
            closeable.close();
        }
    }

    @Test
    void aSubmittedOperationCompletesWithItsData() {
        UringIoHandler handler = handler();
        LifecycleHandle handle = new LifecycleHandle();
        IoRegistration registration = handler.register(handle);
        assertThat(registration.submit(nop(DATA))).isEqualTo(DATA);
        handler.run(WAIT);
        assertThat(handle.calls()).containsExactly("registered", "handle 77");
        assertThat(handle.results()).containsExactly(0);
        handler.destroy();
    }

    @Test
    void anotherThreadSubmitsThroughTheLoop() throws Exception {
        LifecycleExecutor by = here();
        UringIoHandler handler = handler(by, new UringIoHandlerConfig());
        LifecycleHandle handle = new LifecycleHandle();
        IoRegistration registration = handler.register(handle);
        Thread other = new Thread(() -> registration.submit(nop(5)));
        other.start();
        other.join();
        handler.run(NO_WAIT);
        assertThat(handle.calls()).containsExactly("registered");
        by.runTasks();
        handler.run(WAIT);
        assertThat(handle.calls()).containsExactly("registered", "handle 5");
        handler.destroy();
    }

    @Test
    void runAnswersTheNumberOfHandlesThatHadEvents() {
        UringIoHandler handler = handler();
        for (int i = 0; i < 3; i++) {
            IoRegistration registration = handler.register(new LifecycleHandle());
            registration.submit(nop(1));
            registration.submit(nop(2));
        }
        handler.register(new LifecycleHandle());
        assertThat(handler.run(WAIT)).isEqualTo(3);
        assertThat(handler.run(NO_WAIT)).isZero();
        handler.destroy();
    }

    @Test
    void cancelAnswersTrueOnceWhoeverAsks() throws Exception {
        LifecycleExecutor by = here();
        UringIoHandler handler = handler(by, new UringIoHandlerConfig());
        for (int round = 0; round < 200; round++) {
            LifecycleHandle handle = new LifecycleHandle();
            IoRegistration registration = handler.register(handle);
            AtomicInteger successes = new AtomicInteger();
            Thread[] threads = new Thread[4];
            for (int i = 0; i < threads.length; i++) {
                threads[i] = new Thread(() -> successes.addAndGet(registration.cancel() ? 1 : 0));
                threads[i].start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            by.runTasks();
            assertThat(successes).hasValue(1);
            assertThat(registration.isValid()).isFalse();
            assertThat(registration.cancel()).isFalse();
            assertThat(handle.calls()).containsExactly("registered", "unregistered");
        }
        handler.destroy();
    }

    @Test
    void theEndOfARegistrationIsToldAfterTheLastCompletion() {
        UringIoHandler handler = handler();
        LifecycleHandle handle = new LifecycleHandle();
        IoRegistration registration = handler.register(handle);
        int fd = eventfd();
        registration.submit(pollIn(fd, 1));
        registration.submit(pollIn(fd, 2));
        handler.run(NO_WAIT);
        assertThat(registration.cancel()).isTrue();
        assertThat(handle.calls()).containsExactly("registered");
        handler.run(WAIT);
        // Which of the two is cancelled first is the kernel's choice.
        assertThat(handle.calls()).startsWith("registered").endsWith("unregistered");
        assertThat(handle.calls()).containsExactlyInAnyOrder("registered", "handle 1", "handle 2", "unregistered");
        assertThat(handle.results()).containsExactly(-Errno.ECANCELED, -Errno.ECANCELED);
        handler.destroy();
    }

    @Test
    void aCancelThatLosesItsRaceWaitsForTheOrdinaryResult() {
        AtomicBoolean losing = new AtomicBoolean(true);
        UringIoHandlerConfig config = new UringIoHandlerConfig().submissionFilter((sqes, base) -> {
            if (losing.get() && IoUringSqe.opcode(sqes, base) == IoUringConstants.IORING_OP_ASYNC_CANCEL) {
                IoUringSqe.opcode(sqes, base, IoUringConstants.IORING_OP_NOP);
            }
        });
        UringIoHandler handler = handler(here(), config);
        LifecycleHandle handle = new LifecycleHandle();
        IoRegistration registration = handler.register(handle);
        int fd = eventfd();
        registration.submit(pollIn(fd, 1));
        handler.run(NO_WAIT);
        assertThat(registration.cancel()).isTrue();
        for (int i = 0; i < 10; i++) {
            handler.run(NO_WAIT);
        }
        assertThat(handle.calls()).containsExactly("registered");
        Linux.eventfdWrite(NativeCalls.threadCapture(), fd, 1);
        handler.run(WAIT);
        assertThat(handle.calls()).containsExactly("registered", "handle 1", "unregistered");
        assertThat(handle.results()).containsExactly(SocketConstants.POLLIN);
        losing.set(false);
        handler.destroy();
    }

    @Test
    void afterCancelNothingIsSubmitted() {
        UringIoHandler handler = handler();
        LifecycleHandle handle = new LifecycleHandle();
        IoRegistration registration = handler.register(handle);
        assertThat(registration.cancel()).isTrue();
        registration.submit(nop(1));
        handler.run(NO_WAIT);
        handler.run(NO_WAIT);
        assertThat(handle.calls()).containsExactly("registered", "unregistered");
        handler.destroy();
    }

    @Test
    void aHandleThatThrowsEndsNeitherTheRunNorTheRegistration() {
        UringIoHandler handler = handler();
        LifecycleHandle handle = new LifecycleHandle().onEvent(event -> {
            throw new IllegalStateException("on purpose");
        });
        IoRegistration registration = handler.register(handle);
        registration.submit(nop(1));
        registration.submit(nop(2));
        try (LifecycleLog log = LifecycleLog.capture()) {
            assertThat(handler.run(WAIT)).isEqualTo(1);
            assertThat(log.lines("handling a completion failed")).hasSize(2);
        }
        assertThat(registration.cancel()).isTrue();
        assertThat(handle.calls()).containsExactly("registered", "handle 1", "handle 2", "unregistered");
        handler.destroy();
    }

    @Test
    void aHandleMayEndItsRegistrationWhileItHandlesAnEvent() {
        UringIoHandler handler = handler();
        LifecycleHandle handle = new LifecycleHandle();
        IoRegistration registration = handler.register(handle);
        handle.onEvent(event -> registration.cancel());
        registration.submit(nop(1));
        registration.submit(nop(2));
        handler.run(WAIT);
        assertThat(handle.calls()).containsExactly("registered", "handle 1", "handle 2", "unregistered");
        handler.destroy();
    }

    @Test
    void anEventMayBeAnsweredByAnotherSubmission() {
        UringIoHandler handler = handler();
        LifecycleHandle handle = new LifecycleHandle();
        IoRegistration registration = handler.register(handle);
        handle.onEvent(event -> {
            if (event.data() < 1000) {
                registration.submit(nop(event.data() + 1));
            }
        });
        registration.submit(nop(1));
        while (handle.results().size() < 1000) {
            handler.run(WAIT);
        }
        assertThat(handle.calls()).hasSize(1001).endsWith("handle 1000");
        handler.destroy();
    }

    @Test
    void moreOperationsThanTheQueuesHoldAllComplete() {
        UringIoHandler handler = handler(
                here(), new UringIoHandlerConfig().submissionQueueEntries(8).completionQueueEntries(8));
        LifecycleHandle handle = new LifecycleHandle();
        IoRegistration registration = handler.register(handle);
        for (int i = 0; i < 1000; i++) {
            registration.submit(nop(i));
        }
        for (int turns = 0; handle.results().size() < 1000; turns++) {
            assertThat(turns).isLessThan(10_000);
            handler.run(NO_WAIT);
        }
        assertThat(handle.results()).hasSize(1000).containsOnly(0);
        handler.destroy();
    }

    @Test
    void handlesOfAnotherKindAndOperationsOfAnotherKindAreRefused() {
        UringIoHandler handler = handler();
        IoHandle foreign = new IoHandle() {
            @Override
            public void handle(IoRegistration registration, IoEvent event) {}

            @Override
            public void close() {}
        };
        assertThat(handler.isCompatible(foreign.getClass())).isFalse();
        assertThat(handler.isCompatible(LifecycleHandle.class)).isTrue();
        assertThatThrownBy(() -> handler.register(foreign)).isInstanceOf(IllegalArgumentException.class);
        IoRegistration registration = handler.register(new LifecycleHandle());
        assertThatThrownBy(() -> registration.submit(new IoOps() {})).isInstanceOf(IllegalArgumentException.class);
        handler.destroy();
    }

    @Test
    void registrationsAreRefusedWhileShuttingDown() {
        UringIoHandler handler = handler();
        handler.prepareToDestroy();
        LifecycleHandle late = new LifecycleHandle();
        assertThatThrownBy(() -> handler.register(late)).isInstanceOf(IllegalStateException.class);
        assertThat(late.calls()).isEmpty();
        handler.destroy();
        assertThatThrownBy(() -> handler.register(late)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void preparingTwiceClosesHandlesAndReapsWithoutARun() {
        UringIoHandler handler = handler();
        LifecycleHandle handle = new LifecycleHandle();
        IoRegistration registration = handler.register(handle);
        handle.closes(registration);
        registration.submit(pollIn(eventfd(), 1));
        handler.run(NO_WAIT);
        handler.prepareToDestroy();
        handler.prepareToDestroy();
        assertThat(handle.calls()).containsExactly("registered", "close", "handle 1", "unregistered");
        handler.destroy();
        handler.destroy();
    }

    @Test
    void destroyWithoutPreparationCancelsWhatIsInFlight() {
        UringIoHandler handler = handler();
        LifecycleHandle handle = new LifecycleHandle();
        IoRegistration registration = handler.register(handle);
        registration.submit(pollIn(eventfd(), 1));
        handler.run(NO_WAIT);
        handler.destroy();
        assertThat(handle.results()).containsExactly(-Errno.ECANCELED);
        assertThat(handler.operations().inFlight()).isZero();
        assertThat(KeptMemory.isKept(handler)).isFalse();
    }

    @Test
    void aHandlerThatWasNeverInitializedIsDestroyed() {
        UringIoHandler handler = (UringIoHandler) UringIoHandler.newFactory().newHandler(here());
        handler.wakeup();
        handler.prepareToDestroy();
        handler.destroy();
        assertThat(KeptMemory.isKept(handler)).isFalse();
    }

    @Test
    void destroyDoesNotWaitWithNothingInFlight() {
        UringIoHandler handler = handler(here(), new UringIoHandlerConfig().shutdownTimeoutMillis(30_000));
        handler.run(NO_WAIT);
        long start = System.nanoTime();
        handler.destroy();
        assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(10));
    }

    @Test
    void afterDestroySubmitCancelAndWakeUpDoNothing() throws Exception {
        LifecycleExecutor by = here();
        UringIoHandler handler = handler(by, new UringIoHandlerConfig());
        LifecycleHandle handle = new LifecycleHandle();
        IoRegistration registration = handler.register(handle);
        handler.destroy();
        AtomicInteger failures = new AtomicInteger();
        Thread other = new Thread(() -> {
            registration.submit(nop(1));
            handler.wakeup();
            registration.cancel();
        });
        other.setUncaughtExceptionHandler((thread, failure) -> failures.incrementAndGet());
        other.start();
        other.join();
        by.runTasks();
        registration.submit(nop(2));
        registration.cancel();
        handler.wakeup();
        assertThat(failures).hasValue(0);
        assertThat(handle.results()).isEmpty();
    }

    @Test
    void aHandleThatSubmitsForEverDoesNotKeepTheLoopFromEnding() {
        UringIoHandler handler = handler(here(), new UringIoHandlerConfig().shutdownTimeoutMillis(500));
        LifecycleHandle handle = new LifecycleHandle();
        IoRegistration registration = handler.register(handle);
        int fd = eventfd();
        handle.onEvent(event -> registration.submit(pollIn(fd, 1)));
        registration.submit(pollIn(fd, 1));
        handler.run(NO_WAIT);
        handler.prepareToDestroy();
        handler.destroy();
        assertThat(handler.operations().inFlight()).isZero();
        assertThat(KeptMemory.isKept(handler)).isFalse();
    }

    @Test
    void aHandleWhoseRegisteredFailsIsNotKept() {
        UringIoHandler handler = handler();
        AtomicInteger closes = new AtomicInteger();
        UringIoHandle broken = new UringIoHandle() {
            @Override
            public void registered() {
                throw new IllegalStateException("on purpose");
            }

            @Override
            public void handle(IoRegistration registration, IoEvent event) {}

            @Override
            public void close() {
                closes.incrementAndGet();
            }
        };
        assertThatThrownBy(() -> handler.register(broken)).hasMessage("on purpose");
        handler.prepareToDestroy();
        handler.destroy();
        assertThat(closes).hasValue(0);
    }
}
