// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.loop;

import dev.ringport.testkit.CapturedLog;
import dev.ringport.testkit.OwnThreadExecutor;
import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The handler by itself, driven by the test's thread, with handles that are no channels.
 *
 * @param <K> the transport's kit
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class HandlerContract<K extends HandlerKit> {
    private static final int DATA = 77;
    private static final int SHUTDOWN_MILLIS = 2_000;

    /** The transport's own. */
    protected final K kit;
    private final OwnThreadExecutor executor = new OwnThreadExecutor();

    protected HandlerContract(K kit) {
        this.kit = kit;
    }

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

    /** Of a turn that does not wait. */
    protected static final IoHandlerContext NO_WAIT = new Context(0);
    /** Of a turn that waits for what it takes. */
    protected static final IoHandlerContext WAIT = new Context(TimeUnit.SECONDS.toNanos(30));

    private OwnThreadExecutor here() {
        // JUnit runs the test on a thread of its own.
        return executor.isExecutorThread(Thread.currentThread()) ? executor : new OwnThreadExecutor();
    }

    private IoHandler handler(OwnThreadExecutor by, int shutdownMillis) {
        IoHandler handler = kit.newFactory(shutdownMillis).newHandler(by);
        handler.initialize();
        return handler;
    }

    private IoHandler handler() {
        return handler(here(), SHUTDOWN_MILLIS);
    }

    private static void refuseToRegister() {
        throw new IllegalStateException("on purpose");
    }

    @Test
    protected void aSubmittedOperationCompletesWithItsData() throws Exception {
        IoHandler handler = handler();
        RecordingHandle handle = kit.newHandle();
        IoRegistration registration = handler.register(handle);
        kit.submit(registration, DATA);
        handler.run(WAIT);
        assertThat(handle.calls()).containsExactly("registered", "handle 77");
        handler.destroy();
    }

    @Test
    protected void anotherThreadSubmitsThroughTheLoop() throws Exception {
        OwnThreadExecutor by = here();
        IoHandler handler = handler(by, SHUTDOWN_MILLIS);
        RecordingHandle handle = kit.newHandle();
        IoRegistration registration = handler.register(handle);
        Thread other = new Thread(() -> kit.submit(registration, 5));
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
    protected void runAnswersTheNumberOfHandlesThatHadEvents() throws Exception {
        IoHandler handler = handler();
        for (int i = 0; i < 3; i++) {
            IoRegistration registration = handler.register(kit.newHandle());
            kit.submit(registration, 1);
            kit.submit(registration, 2);
        }
        handler.register(kit.newHandle());
        assertThat(handler.run(WAIT)).isEqualTo(3);
        assertThat(handler.run(NO_WAIT)).isZero();
        handler.destroy();
    }

    @Test
    protected void cancelAnswersTrueOnceWhoeverAsks() throws Exception {
        OwnThreadExecutor by = here();
        IoHandler handler = handler(by, SHUTDOWN_MILLIS);
        for (int round = 0; round < 200; round++) {
            RecordingHandle handle = kit.newHandle();
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
    protected void theEndOfARegistrationIsToldAfterTheLastCompletion() throws Exception {
        IoHandler handler = handler();
        RecordingHandle handle = kit.newHandle();
        IoRegistration registration = handler.register(handle);
        kit.submitEndless(registration, 1);
        kit.submitEndless(registration, 2);
        handler.run(NO_WAIT);
        assertThat(kit.cancel(registration)).isTrue();
        assertThat(handle.calls()).containsExactly("registered");
        while (handle.events() < 2) {
            handler.run(WAIT);
        }
        // Which of the two is cancelled first is the kernel's choice.
        assertThat(handle.calls()).startsWith("registered").endsWith("unregistered");
        assertThat(handle.calls()).containsExactlyInAnyOrder("registered", "handle 1", "handle 2", "unregistered");
        kit.assertCancelled(handle, 2);
        handler.destroy();
    }

    @Test
    protected void afterCancelNothingIsSubmitted() throws Exception {
        IoHandler handler = handler();
        RecordingHandle handle = kit.newHandle();
        IoRegistration registration = handler.register(handle);
        assertThat(registration.cancel()).isTrue();
        kit.submit(registration, 1);
        handler.run(NO_WAIT);
        handler.run(NO_WAIT);
        assertThat(handle.calls()).containsExactly("registered", "unregistered");
        handler.destroy();
    }

    @Test
    protected void aHandleThatThrowsEndsNeitherTheRunNorTheRegistration() throws Exception {
        IoHandler handler = handler();
        RecordingHandle handle = kit.newHandle().onEvent(data -> {
            throw new IllegalStateException("on purpose");
        });
        IoRegistration registration = handler.register(handle);
        kit.submit(registration, 1);
        kit.submit(registration, 2);
        try (CapturedLog log = CapturedLog.capture()) {
            assertThat(handler.run(WAIT)).isEqualTo(1);
            assertThat(log.lines("on purpose")).hasSize(2);
        }
        assertThat(registration.cancel()).isTrue();
        assertThat(handle.calls()).containsExactly("registered", "handle 1", "handle 2", "unregistered");
        handler.destroy();
    }

    @Test
    protected void aHandleMayEndItsRegistrationWhileItHandlesAnEvent() throws Exception {
        IoHandler handler = handler();
        RecordingHandle handle = kit.newHandle();
        IoRegistration registration = handler.register(handle);
        handle.onEvent(data -> registration.cancel());
        kit.submit(registration, 1);
        kit.submit(registration, 2);
        handler.run(WAIT);
        assertThat(handle.calls()).containsExactly("registered", "handle 1", "handle 2", "unregistered");
        handler.destroy();
    }

    @Test
    protected void anEventMayBeAnsweredByAnotherSubmission() throws Exception {
        IoHandler handler = handler();
        RecordingHandle handle = kit.newHandle();
        IoRegistration registration = handler.register(handle);
        handle.onEvent(data -> {
            if (data < 1000) {
                kit.submit(registration, data + 1);
            }
        });
        kit.submit(registration, 1);
        while (handle.events() < 1000) {
            handler.run(WAIT);
        }
        assertThat(handle.calls()).hasSize(1001).endsWith("handle 1000");
        handler.destroy();
    }

    @Test
    protected void handlesOfAnotherKindAndOperationsOfAnotherKindAreRefused() throws Exception {
        IoHandler handler = handler();
        IoHandle foreign = new IoHandle() {
            @Override
            public void handle(IoRegistration registration, IoEvent event) {}

            @Override
            public void close() {}
        };
        assertThat(handler.isCompatible(foreign.getClass())).isFalse();
        assertThat(handler.isCompatible(kit.newHandle().getClass())).isTrue();
        assertThatThrownBy(() -> handler.register(foreign)).isInstanceOf(IllegalArgumentException.class);
        IoRegistration registration = handler.register(kit.newHandle());
        assertThatThrownBy(() -> registration.submit(new IoOps() {}))
                .isInstanceOfAny(IllegalArgumentException.class, UnsupportedOperationException.class);
        handler.destroy();
    }

    @Test
    protected void registrationsAreRefusedWhileShuttingDown() {
        IoHandler handler = handler();
        handler.prepareToDestroy();
        RecordingHandle late = kit.newHandle();
        assertThatThrownBy(() -> handler.register(late)).isInstanceOf(IllegalStateException.class);
        assertThat(late.calls()).isEmpty();
        handler.destroy();
        assertThatThrownBy(() -> handler.register(late)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    protected void preparingTwiceClosesHandlesAndReapsWithoutARun() throws Exception {
        IoHandler handler = handler();
        RecordingHandle handle = kit.newHandle();
        IoRegistration registration = handler.register(handle);
        handle.closes(registration);
        kit.submitEndless(registration, 1);
        handler.run(NO_WAIT);
        handler.prepareToDestroy();
        handler.prepareToDestroy();
        assertThat(handle.calls()).containsExactly("registered", "close", "handle 1", "unregistered");
        handler.destroy();
        handler.destroy();
    }

    @Test
    protected void destroyWithoutPreparationCancelsWhatIsInFlight() throws Exception {
        IoHandler handler = handler();
        RecordingHandle handle = kit.newHandle();
        IoRegistration registration = handler.register(handle);
        kit.submitEndless(registration, 1);
        handler.run(NO_WAIT);
        handler.destroy();
        kit.assertCancelled(handle, 1);
        assertThat(kit.operationsInFlight(handler)).isZero();
        assertThat(kit.keepsMemory(handler)).isFalse();
    }

    @Test
    protected void aHandlerThatWasNeverInitializedIsDestroyed() {
        IoHandler handler = kit.newFactory(SHUTDOWN_MILLIS).newHandler(here());
        handler.wakeup();
        handler.prepareToDestroy();
        handler.destroy();
        assertThat(kit.keepsMemory(handler)).isFalse();
    }

    @Test
    protected void destroyDoesNotWaitWithNothingInFlight() {
        IoHandler handler = handler(here(), 30_000);
        handler.run(NO_WAIT);
        long start = System.nanoTime();
        handler.destroy();
        assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(10));
    }

    @Test
    protected void afterDestroySubmitCancelAndWakeUpDoNothing() throws Exception {
        OwnThreadExecutor by = here();
        IoHandler handler = handler(by, SHUTDOWN_MILLIS);
        RecordingHandle handle = kit.newHandle();
        IoRegistration registration = handler.register(handle);
        handler.destroy();
        AtomicInteger failures = new AtomicInteger();
        Thread other = new Thread(() -> {
            kit.submit(registration, 1);
            handler.wakeup();
            registration.cancel();
        });
        other.setUncaughtExceptionHandler((thread, failure) -> failures.incrementAndGet());
        other.start();
        other.join();
        by.runTasks();
        kit.submit(registration, 2);
        registration.cancel();
        handler.wakeup();
        assertThat(failures).hasValue(0);
        assertThat(handle.events()).isZero();
    }

    @Test
    protected void aHandleThatSubmitsForEverDoesNotKeepTheLoopFromEnding() throws Exception {
        IoHandler handler = handler(here(), 500);
        RecordingHandle handle = kit.newHandle();
        IoRegistration registration = handler.register(handle);
        handle.onEvent(data -> kit.submitEndless(registration, 1));
        kit.submitEndless(registration, 1);
        handler.run(NO_WAIT);
        handler.prepareToDestroy();
        handler.destroy();
        assertThat(kit.operationsInFlight(handler)).isZero();
        assertThat(kit.keepsMemory(handler)).isFalse();
    }

    @Test
    protected void aHandleWhoseRegisteredFailsIsNotKept() {
        IoHandler handler = handler();
        RecordingHandle broken = kit.newHandle().onRegistered(HandlerContract::refuseToRegister);
        assertThatThrownBy(() -> handler.register(broken)).hasMessage("on purpose");
        handler.prepareToDestroy();
        handler.destroy();
        assertThat(broken.calls()).containsExactly("registered");
    }
}
