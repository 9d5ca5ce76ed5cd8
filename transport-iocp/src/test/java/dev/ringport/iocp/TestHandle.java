// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.iocp.abi.Overlapped;
import dev.ringport.iocp.abi.WindowsCalls;
import dev.ringport.iocp.abi.Wsabuf;
import dev.ringport.iocp.loop.CompletionLoop;
import dev.ringport.iocp.loop.LoopHandle;
import dev.ringport.iocp.loop.LoopRegistration;
import dev.ringport.iocp.loop.Operation;
import dev.ringport.iocp.loop.OverlappedSocket;
import dev.ringport.testkit.loop.RecordingHandle;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/** A handle that is no channel, with operations that a test starts. */
class TestHandle extends RecordingHandle implements LoopHandle {
    private static final long FLAGS = Overlapped.BYTES;
    private static final long BUFFER = FLAGS + Long.BYTES;
    private static final long CONTENT = BUFFER + Wsabuf.BYTES;
    private static final int CONTENT_BYTES = 64;

    private record Data(long value) implements IoEvent {}

    /** How the operations ended. */
    final List<Integer> codes = new ArrayList<>();
    private final List<TestOperation> operations = new ArrayList<>();
    private @Nullable OverlappedSocket socket;
    private BooleanSupplier retries = () -> false;
    private boolean closed;

    @Override
    protected long data(IoEvent event) {
        return ((Data) event).value();
    }

    /** What {@link #retryWhileEnding} does and answers. */
    TestHandle onRetry(BooleanSupplier action) {
        retries = action;
        return this;
    }

    /** A packet for a new operation, posted at once. */
    void post(IoRegistration registration, long data) {
        start(registration, data, (loop, operation) -> {
            long overlapped = operation.begin();
            assertThat(loop.calls().kernel32().postQueuedCompletionStatus(
                    NativeCalls.threadCapture(), loop.port().handle(), 0, 0, overlapped)).isZero();
        });
    }

    /** A receive from nobody. */
    void receive(IoRegistration registration, long data) {
        start(registration, data, (loop, operation) -> operation.receive(loop, socket(loop)));
    }

    /** As {@link #post}, also when the handle was told to close: as what was flushed before still leaves. */
    void postWhileEnding(IoRegistration registration, long data) {
        boolean was = closed;
        closed = false;
        post(registration, data);
        closed = was;
    }

    private interface Start {
        void with(CompletionLoop loop, TestOperation operation);
    }

    private void start(IoRegistration wrapper, long data, Start how) {
        LoopRegistration registration = wrapper.attachment();
        CompletionLoop loop = registration.loop();
        loop.onLoop(() -> {
            if (loop.isUsable() && registration.isValid() && !closed) {
                registration.began();
                TestOperation operation = new TestOperation(registration, data);
                operations.add(operation);
                how.with(loop, operation);
            }
        });
    }

    private OverlappedSocket socket(CompletionLoop loop) {
        OverlappedSocket made = socket;
        if (made == null) {
            try {
                made = OverlappedSocket.open(WindowsCalls.system(), false, false);
                made.bind(new InetSocketAddress(Tcp.loopback(), 0));
                made.attach(loop.port());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            socket = made;
        }
        return made;
    }

    /** Cancels what is under way. */
    void cancelOperations() {
        OverlappedSocket of = socket;
        for (TestOperation operation : List.copyOf(operations)) {
            if (of != null) {
                operation.registration.loop().cancel(of.handle(), operation);
            }
        }
    }

    @Override
    public void loopStarted() {}

    @Override
    public void close() {
        closed = true;
        super.close();
        cancelOperations();
    }

    @Override
    public boolean retryWhileEnding() {
        return retries.getAsBoolean();
    }

    @Override
    public void closeWithoutWaiting() {
        closed = true;
    }

    /** Ends what the handle keeps. */
    void closeSocket() {
        if (socket != null) {
            socket.close();
        }
    }

    private final class TestOperation extends Operation {
        private final LoopRegistration registration;
        private final long data;

        TestOperation(LoopRegistration registration, long data) {
            super(registration.loop().operations(), CONTENT + CONTENT_BYTES);
            this.registration = registration;
            this.data = data;
        }

        void receive(CompletionLoop loop, OverlappedSocket from) {
            long base = begin();
            memory().asSlice(FLAGS, Long.BYTES).fill((byte) 0);
            Wsabuf.len(memory(), BUFFER, CONTENT_BYTES);
            Wsabuf.buf(memory(), BUFFER, base + CONTENT);
            started(
                    loop.calls().winsock().wsaRecv(
                            loop.port().capture(), from.handle(), base + BUFFER, 1, 0, base + FLAGS, base, 0),
                    true, 0);
        }

        @Override
        protected void completed(int code, int transferred) {
            operations.remove(this);
            codes.add(code);
            dispose();
            try {
                handle(registration, new Data(data));
            } finally {
                registration.ended();
            }
        }
    }
}
