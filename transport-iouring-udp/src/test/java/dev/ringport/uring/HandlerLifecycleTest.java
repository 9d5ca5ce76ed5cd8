// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.linux.abi.Errno;
import dev.ringport.linux.abi.Linux;
import dev.ringport.linux.abi.SocketConstants;
import dev.ringport.loop.KeptMemory;
import dev.ringport.testkit.OwnThreadExecutor;
import dev.ringport.testkit.loop.HandlerContract;
import dev.ringport.testkit.loop.HandlerKit;
import dev.ringport.testkit.loop.RecordingHandle;
import dev.ringport.uring.abi.IoUringConstants;
import dev.ringport.uring.abi.IoUringSqe;
import dev.ringport.uring.testing.LifecycleHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HandlerLifecycleTest extends HandlerContract<HandlerLifecycleTest.Operations> {
    private static final int DATA = 77;

    HandlerLifecycleTest() {
        super(new Operations());
    }

    static final class Operations implements HandlerKit {
        private final List<Integer> descriptors = new ArrayList<>();

        static UringIoOps nop(long data) {
            return new UringIoOps(IoUringConstants.IORING_OP_NOP, -1, 0, 0, 0, 0, data);
        }

        static UringIoOps pollIn(int fd, long data) {
            return new UringIoOps(IoUringConstants.IORING_OP_POLL_ADD, fd, 0, 0, 0, SocketConstants.POLLIN, data);
        }

        int eventfd() {
            int fd = Linux.eventfd(NativeCalls.threadCapture(), 0, SocketConstants.EFD_CLOEXEC);
            descriptors.add(fd);
            return fd;
        }

        @Override
        public IoHandlerFactory newFactory(int shutdownMillis) {
            return UringIoHandler.newFactory(new UringIoHandlerConfig().shutdownTimeoutMillis(shutdownMillis));
        }

        @Override
        public RecordingHandle newHandle() {
            return new LifecycleHandle();
        }

        @Override
        public void submit(IoRegistration registration, long data) {
            registration.submit(nop(data));
        }

        @Override
        public void submitEndless(IoRegistration registration, long data) {
            registration.submit(pollIn(eventfd(), data));
        }

        @Override
        public void assertCancelled(RecordingHandle handle, int count) {
            assertThat(((LifecycleHandle) handle).results())
                    .isEqualTo(Collections.nCopies(count, -Errno.ECANCELED));
        }

        @Override
        public int operationsInFlight(IoHandler handler) {
            return UringTransport.INSTANCE.operationsInFlight(handler);
        }

        @Override
        public boolean keepsMemory(IoHandler handler) {
            return KeptMemory.isKept(((UringIoHandler) handler).loop());
        }
    }

    @AfterEach
    void closeDescriptors() {
        kit.descriptors.forEach(fd -> Linux.close(NativeCalls.threadCapture(), fd));
    }

    private static UringIoHandler handler(UringIoHandlerConfig config) {
        UringIoHandler handler = (UringIoHandler) UringIoHandler.newFactory(config).newHandler(new OwnThreadExecutor());
        handler.initialize();
        return handler;
    }

    @Test
    void aSubmissionAnswersItsDataAndTheEventBringsTheResult() {
        UringIoHandler handler = handler(new UringIoHandlerConfig());
        LifecycleHandle handle = new LifecycleHandle();
        IoRegistration registration = handler.register(handle);
        assertThat(registration.submit(Operations.nop(DATA))).isEqualTo(DATA);
        handler.run(WAIT);
        assertThat(handle.results()).containsExactly(0);
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
        UringIoHandler handler = handler(config);
        LifecycleHandle handle = new LifecycleHandle();
        IoRegistration registration = handler.register(handle);
        int fd = kit.eventfd();
        registration.submit(Operations.pollIn(fd, 1));
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
    void moreOperationsThanTheQueuesHoldAllComplete() {
        UringIoHandler handler = handler(
                new UringIoHandlerConfig().submissionQueueEntries(8).completionQueueEntries(8));
        LifecycleHandle handle = new LifecycleHandle();
        IoRegistration registration = handler.register(handle);
        for (int i = 0; i < 1000; i++) {
            registration.submit(Operations.nop(i));
        }
        for (int turns = 0; handle.results().size() < 1000; turns++) {
            assertThat(turns).isLessThan(10_000);
            handler.run(NO_WAIT);
        }
        assertThat(handle.results()).hasSize(1000).containsOnly(0);
        handler.destroy();
    }
}
