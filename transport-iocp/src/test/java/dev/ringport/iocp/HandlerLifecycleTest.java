// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.loop.LoopRegistration;
import dev.ringport.loop.KeptMemory;
import dev.ringport.testkit.CapturedLog;
import dev.ringport.testkit.OwnThreadExecutor;
import dev.ringport.testkit.loop.HandlerContract;
import dev.ringport.testkit.loop.HandlerKit;
import dev.ringport.testkit.loop.RecordingHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

@EnabledOnOs(OS.WINDOWS)
class HandlerLifecycleTest extends HandlerContract<HandlerLifecycleTest.Operations> {

    private final ReplacedCalls calls = new ReplacedCalls();

    HandlerLifecycleTest() {
        super(new Operations());
    }

    static final class Operations implements HandlerKit {
        private final List<TestHandle> handles = new ArrayList<>();

        @Override
        public IoHandlerFactory newFactory(int shutdownMillis) {
            return IocpIoHandler.newFactory(new IocpIoHandlerConfig().shutdownTimeoutMillis(shutdownMillis));
        }

        @Override
        public RecordingHandle newHandle() {
            return handle();
        }

        TestHandle handle() {
            TestHandle handle = new TestHandle();
            handles.add(handle);
            return handle;
        }

        private static TestHandle of(IoRegistration registration) {
            LoopRegistration own = registration.attachment();
            return (TestHandle) own.handle();
        }

        @Override
        public void submit(IoRegistration registration, long data) {
            of(registration).post(registration, data);
        }

        @Override
        public void submitEndless(IoRegistration registration, long data) {
            of(registration).receive(registration, data);
        }

        @Override
        public boolean cancel(IoRegistration registration) {
            boolean cancelled = registration.cancel();
            of(registration).cancelOperations();
            return cancelled;
        }

        @Override
        public void assertCancelled(RecordingHandle handle, int count) {
            assertThat(((TestHandle) handle).codes)
                    .isEqualTo(Collections.nCopies(count, WindowsErrors.WSA_OPERATION_ABORTED));
        }

        @Override
        public int operationsInFlight(IoHandler handler) {
            return ((IocpIoHandler) handler).loop().operations().inFlight();
        }

        @Override
        public boolean keepsMemory(IoHandler handler) {
            return KeptMemory.isKept(((IocpIoHandler) handler).loop());
        }
    }

    @AfterEach
    void closeSockets() {
        kit.handles.forEach(TestHandle::closeSocket);
    }

    private IocpIoHandler handler(OwnThreadExecutor by, IocpIoHandlerConfig config) {
        IoHandler handler = IocpIoHandler.newFactory(config.calls(calls.calls())).newHandler(by);
        handler.initialize();
        return (IocpIoHandler) handler;
    }

    private IocpIoHandler handler(IocpIoHandlerConfig config) {
        return handler(new OwnThreadExecutor(), config);
    }

    private static void elsewhere(Runnable action) throws InterruptedException {
        Thread other = Thread.ofPlatform().start(action);
        other.join();
    }

    @Test
    void packetsAreHandledInThePortsOrder() {
        IocpIoHandler handler = handler(new IocpIoHandlerConfig().dequeueBatch(7));
        TestHandle one = kit.handle();
        TestHandle other = kit.handle();
        List<Long> order = new ArrayList<>();
        one.onEvent(order::add);
        other.onEvent(order::add);
        IoRegistration first = handler.register(one);
        IoRegistration second = handler.register(other);
        for (int i = 0; i < 200; i++) {
            (i % 3 == 0 ? one : other).post(i % 3 == 0 ? first : second, i);
        }
        while (order.size() < 200) {
            handler.run(WAIT);
        }
        assertThat(order).containsExactlyElementsOf(LongStream.range(0, 200).boxed().toList());
        handler.destroy();
    }

    @Test
    void aWakeUpWhileTheLoopIsAwakePostsNothingAndEndsTheNextWaitAtOnce() throws Exception {
        AtomicInteger posts = new AtomicInteger();
        calls.on("postQueuedCompletionStatus", (real, arguments) -> {
            posts.incrementAndGet();
            return real.call();
        });
        IocpIoHandler handler = handler(new IocpIoHandlerConfig());
        for (int i = 0; i < 10; i++) {
            elsewhere(handler::wakeup);
            elsewhere(handler::wakeup);
            long start = System.nanoTime();
            assertThat(handler.run(WAIT)).isZero();
            assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(10));
        }
        assertThat(posts).hasValue(0);
        handler.destroy();
    }

    @Test
    void whenAWakeUpCannotBePostedTheNextOnePostsAgain() throws Exception {
        AtomicInteger posts = new AtomicInteger();
        calls.on("postQueuedCompletionStatus", (real, arguments) -> posts.incrementAndGet() == 1
                ? (Object) (-WindowsErrors.WSAENOBUFS)
                : real.call());
        IocpIoHandler[] made = new IocpIoHandler[1];
        calls.on("getQueuedCompletionStatusEx", (real, arguments) -> {
            if (posts.get() == 0) {
                // The loop is about to wait.
                elsewhere(made[0]::wakeup);
                elsewhere(made[0]::wakeup);
            }
            return real.call();
        });
        made[0] = handler(new IocpIoHandlerConfig());
        long start = System.nanoTime();
        try (CapturedLog log = CapturedLog.capture()) {
            made[0].run(WAIT);
            assertThat(log.lines("PostQueuedCompletionStatus failed")).hasSize(1);
        }
        assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(10));
        assertThat(posts).hasValue(2);
        made[0].destroy();
    }

    @Test
    void withNothingUnderWayTheEndTakesNoTime() {
        IocpIoHandler handler = handler(new IocpIoHandlerConfig().shutdownTimeoutMillis(30_000));
        handler.register(kit.handle());
        handler.run(NO_WAIT);
        List<Integer> waits = new ArrayList<>();
        calls.on("getQueuedCompletionStatusEx", (real, arguments) -> {
            waits.add((Integer) arguments[5]);
            return real.call();
        });
        long start = System.nanoTime();
        handler.prepareToDestroy();
        handler.destroy();
        assertThat(waits).as("milliseconds to wait for packets").allMatch(millis -> millis == 0);
        assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(10));
        assertThat(handler.loop().hasMemory()).isFalse();
    }

    @Test
    void tasksAfterTheEndAreDropped() throws Exception {
        OwnThreadExecutor by = new OwnThreadExecutor();
        IocpIoHandler handler = handler(by, new IocpIoHandlerConfig());
        IoRegistration registration = handler.register(kit.handle());
        handler.destroy();
        AtomicInteger ran = new AtomicInteger();
        elsewhere(() -> handler.loop().onLoop(ran::incrementAndGet));
        elsewhere(registration::cancel);
        by.runTasks();
        assertThat(ran).hasValue(0);
        assertThat(registration.isValid()).isFalse();
    }

    @Test
    void packetsThatFollowOneAnotherDoNotOutlastTheBound() {
        calls.on("getQueuedCompletionStatusEx", (real, arguments) -> {
            int count = (int) real.call();
            return count < 0 ? 1 : count; // Packets of nobody, as wake-ups are, without end.
        });
        IocpIoHandler handler = handler(new IocpIoHandlerConfig().dequeueBatch(1).shutdownTimeoutMillis(200));
        TestHandle stuck = new TestHandle() {
            @Override
            void cancelOperations() {
                // Never ends.
            }
        };
        kit.handles.add(stuck);
        stuck.receive(handler.register(stuck), 1);
        handler.run(NO_WAIT);
        handler.destroy();
        assertThat(KeptMemory.isKept(handler.loop())).isTrue();
    }

    @Test
    void whatWaitsForBuffersIsTriedAgainUntilItHasLeft() {
        IocpIoHandler handler = handler(new IocpIoHandlerConfig().shutdownTimeoutMillis(30_000));
        TestHandle handle = kit.handle();
        IoRegistration registration = handler.register(handle);
        AtomicInteger tries = new AtomicInteger();
        handle.onRetry(() -> {
            if (tries.incrementAndGet() < 5) {
                return true;
            }
            if (tries.get() == 5) {
                handle.postWhileEnding(registration, 7);
            }
            return false;
        });
        handler.destroy();
        assertThat(tries.get()).isGreaterThanOrEqualTo(5);
        assertThat(handle.calls()).endsWith("handle 7");
        assertThat(KeptMemory.isKept(handler.loop())).isFalse();
    }

    @Test
    void whatIsRefusedAgainAsTheLoopEndsIsTriedAgain() {
        IocpIoHandler handler = handler(new IocpIoHandlerConfig().shutdownTimeoutMillis(30_000));
        TestHandle handle = kit.handle();
        IoRegistration registration = handler.register(handle);
        AtomicBoolean waits = new AtomicBoolean();
        // The operation under way ends, and only then is there something that waits.
        handle.onEvent(data -> waits.set(true));
        handle.post(registration, 1);
        AtomicInteger tries = new AtomicInteger();
        handle.onRetry(() -> {
            if (waits.get()) {
                waits.set(tries.incrementAndGet() < 3);
            }
            return waits.get();
        });
        handler.destroy();
        assertThat(tries).hasValue(3);
    }

    @Test
    void whatWaitsForBuffersForEverIsGivenUpAtTheBound() {
        IocpIoHandler handler = handler(new IocpIoHandlerConfig().shutdownTimeoutMillis(200));
        TestHandle handle = kit.handle();
        AtomicInteger tries = new AtomicInteger();
        handle.onRetry(() -> tries.incrementAndGet() > 0);
        handler.register(handle);
        handler.destroy();
        assertThat(tries.get()).isBetween(2, 50);
        assertThat(handler.loop().hasMemory()).isFalse();
    }

    @Test
    void aHandleThatCannotBeClosedDoesNotKeepTheHandlerFromItsEnd() {
        IocpIoHandler handler = handler(new IocpIoHandlerConfig().shutdownTimeoutMillis(200));
        TestHandle broken = new TestHandle() {
            @Override
            public void closeWithoutWaiting() {
                throw new IllegalStateException("on purpose");
            }
        };
        handler.register(broken);
        try (CapturedLog log = CapturedLog.capture()) {
            handler.destroy();
            assertThat(log.lines("on purpose")).hasSize(1);
        }
        assertThat(handler.loop().hasMemory()).isFalse();
    }
}
