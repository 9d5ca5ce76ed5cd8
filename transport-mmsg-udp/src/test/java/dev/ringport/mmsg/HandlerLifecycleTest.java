// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.linux.abi.Errno;
import dev.ringport.linux.abi.Linux;
import dev.ringport.linux.abi.SocketConstants;
import dev.ringport.mmsg.testing.LifecycleHandle;
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

        static MmsgIoOps readable(int fd, long data) {
            return new MmsgIoOps(fd, SocketConstants.POLLIN, data);
        }

        int eventfd(int initial) {
            int fd = Linux.eventfd(NativeCalls.threadCapture(), initial, SocketConstants.EFD_CLOEXEC);
            descriptors.add(fd);
            return fd;
        }

        @Override
        public IoHandlerFactory newFactory(int shutdownMillis) {
            return MmsgIoHandler.newFactory();
        }

        @Override
        public RecordingHandle newHandle() {
            return new LifecycleHandle();
        }

        @Override
        public void submit(IoRegistration registration, long data) {
            registration.submit(readable(eventfd(1), data));
        }

        @Override
        public void submitEndless(IoRegistration registration, long data) {
            registration.submit(readable(eventfd(0), data));
        }

        @Override
        public void assertCancelled(RecordingHandle handle, int count) {
            assertThat(((LifecycleHandle) handle).results())
                    .isEqualTo(Collections.nCopies(count, -Errno.ECANCELED));
        }

        @Override
        public int operationsInFlight(IoHandler handler) {
            return MmsgTransport.INSTANCE.operationsInFlight(handler);
        }

        @Override
        public boolean keepsMemory(IoHandler handler) {
            return MmsgTransport.INSTANCE.keepsMemory(handler);
        }
    }

    @AfterEach
    void closeDescriptors() {
        kit.descriptors.forEach(fd -> Linux.close(NativeCalls.threadCapture(), fd));
    }

    private static MmsgIoHandler handler() {
        MmsgIoHandler handler = (MmsgIoHandler) MmsgIoHandler.newFactory().newHandler(new OwnThreadExecutor());
        handler.initialize();
        return handler;
    }

    @Test
    void aSubmissionAnswersItsDataAndTheEventBringsWhatTheDescriptorIsReadyFor() {
        MmsgIoHandler handler = handler();
        LifecycleHandle handle = new LifecycleHandle();
        IoRegistration registration = handler.register(handle);
        assertThat(registration.submit(Operations.readable(kit.eventfd(1), DATA))).isEqualTo(DATA);
        handler.run(WAIT);
        assertThat(handle.results()).containsExactly(SocketConstants.POLLIN);
        handler.destroy();
    }

    @Test
    void aDescriptorThatCannotBeWaitedForIsToldByTheEvent() {
        MmsgIoHandler handler = handler();
        LifecycleHandle handle = new LifecycleHandle();
        IoRegistration registration = handler.register(handle);
        registration.submit(Operations.readable(1_000_000, 1));
        assertThat(handle.calls()).containsExactly("registered");
        handler.run(WAIT);
        assertThat(handle.results()).containsExactly(-Errno.EBADF);
        handler.destroy();
    }

    @Test
    void moreDescriptorsThanOneCallTellsAreAllTold() {
        MmsgIoHandler handler = handler();
        LifecycleHandle handle = new LifecycleHandle();
        IoRegistration registration = handler.register(handle);
        for (int i = 0; i < 600; i++) {
            registration.submit(Operations.readable(kit.eventfd(1), i));
        }
        for (int turns = 0; handle.results().size() < 600; turns++) {
            assertThat(turns).isLessThan(1_000);
            handler.run(NO_WAIT);
        }
        assertThat(handle.results()).hasSize(600).containsOnly(SocketConstants.POLLIN);
        handler.destroy();
    }
}
