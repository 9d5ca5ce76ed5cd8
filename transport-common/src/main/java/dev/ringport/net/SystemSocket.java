// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.net;

import dev.ringport.ffm.NativeCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A socket and the calls on it that are no operations of a ring or port. From any thread, also after close: the lock
 * keeps a call from reaching a number that is another socket's by now.
 */
public abstract class SystemSocket {
    /** One system call on the open socket. */
    @FunctionalInterface
    public interface Call {
        /** Answers 0 or more, or a negated error code. */
        int run(MemorySegment capture, Arena arena) throws IOException;
    }

    private final SocketAddressCodec codec;
    private final boolean inet6;
    private Runnable beforeChange = () -> {};
    /** Written under the lock. */
    private volatile boolean closed;

    /**
     * @param inet6 whether the socket is of {@code AF_INET6}
     */
    protected SystemSocket(SocketAddressCodec codec, boolean inet6) {
        this.codec = codec;
        this.inet6 = inet6;
    }

    // The system's calls; each answers 0 or more, or a negated error code.

    /** {@code bind}. */
    protected abstract int bind(MemorySegment capture, MemorySegment name, int bytes);

    /** {@code connect}. */
    protected abstract int connect(MemorySegment capture, MemorySegment name, int bytes);

    /** {@code getsockname}. */
    protected abstract int getsockname(MemorySegment capture, MemorySegment name, MemorySegment bytes);

    /** {@code getpeername}. */
    protected abstract int getpeername(MemorySegment capture, MemorySegment name, MemorySegment bytes);

    /** {@code getsockopt}. */
    protected abstract int getsockopt(
            MemorySegment capture, int level, int name, MemorySegment value, MemorySegment bytes);

    /** {@code setsockopt}. */
    protected abstract int setsockopt(MemorySegment capture, int level, int name, MemorySegment value, int bytes);

    /** Closes the socket. */
    protected abstract void close(MemorySegment capture);

    /** Throws if the answer of a call is an error. */
    protected abstract int check(String call, int result) throws IOException;

    /** What is to be done before an option changes: datagrams that were sent before leave with the old one. */
    public final void beforeChange(Runnable task) {
        beforeChange = task;
    }

    /** An option is about to be set. */
    protected final void changing() {
        beforeChange.run();
    }

    /** Whether the socket is of {@code AF_INET6}. */
    public final boolean isInet6() {
        return inet6;
    }

    /** Whether {@link #close()} was not called yet. */
    public final boolean isOpen() {
        return !closed;
    }

    /** Closes the socket; once. */
    public final synchronized void close() {
        if (!closed) {
            closed = true;
            close(NativeCalls.threadCapture());
        }
    }

    /**
     * Makes a call unless the socket is closed.
     *
     * @param name the call, for the message of its failure
     * @throws ClosedChannelException if the socket is closed
     */
    public final synchronized int call(String name, Call call) throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        try (Arena arena = Arena.ofConfined()) {
            return check(name, call.run(NativeCalls.threadCapture(), arena));
        }
    }

    /** Binds the socket. */
    public final void bind(InetSocketAddress address) throws IOException {
        call("bind(" + address + ")", (capture, arena) -> {
            MemorySegment name = arena.allocate(SocketAddressCodec.ROOM, Long.BYTES);
            return bind(capture, name, encode(name, address));
        });
    }

    /** Connects the socket, at once or never: for datagrams. */
    public final void connect(InetSocketAddress address) throws IOException {
        call("connect(" + address + ")", (capture, arena) -> {
            MemorySegment name = arena.allocate(SocketAddressCodec.ROOM, Long.BYTES);
            return connect(capture, name, encode(name, address));
        });
    }

    /**
     * Writes an address as this socket takes it.
     *
     * @param target at least {@link SocketAddressCodec#ROOM} bytes
     * @return its length in bytes
     * @throws UnsupportedAddressTypeException for an IPv6 address on an IPv4 socket
     */
    public final int encode(MemorySegment target, InetSocketAddress address) {
        int bytes = codec.write(target, 0, address.getAddress(), address.getPort(), inet6);
        if (bytes < 0) {
            throw new UnsupportedAddressTypeException();
        }
        return bytes;
    }

    /** The socket's own address, or null while it has no port or once it is closed. */
    public final @Nullable InetSocketAddress localAddress() {
        return address(true);
    }

    /** The peer it is connected to, or null. */
    public final @Nullable InetSocketAddress remoteAddress() {
        return address(false);
    }

    private synchronized @Nullable InetSocketAddress address(boolean local) {
        if (closed) {
            return null;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(SocketAddressCodec.ROOM, Long.BYTES);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, SocketAddressCodec.ROOM);
            MemorySegment capture = NativeCalls.threadCapture();
            int result = local ? getsockname(capture, name, length) : getpeername(capture, name, length);
            InetSocketAddress address = result < 0 ? null : codec.read(name, 0, length.get(ValueLayout.JAVA_INT, 0));
            return address == null || address.getPort() == 0 ? null : address;
        }
    }

    /** Reads an option that is a number, or one byte. */
    public final int getInt(int level, int name) throws IOException {
        int[] value = new int[1];
        call("getsockopt(" + level + ", " + name + ")", (capture, arena) -> {
            MemorySegment number = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, Integer.BYTES);
            int result = getsockopt(capture, level, name, number, length);
            value[0] = length.get(ValueLayout.JAVA_INT, 0) == 1
                    ? Byte.toUnsignedInt(number.get(ValueLayout.JAVA_BYTE, 0))
                    : number.get(ValueLayout.JAVA_INT, 0);
            return result;
        });
        return value[0];
    }

    /** Sets an option that is a number. */
    public final void setInt(int level, int name, int value) throws IOException {
        changing();
        call("setsockopt(" + level + ", " + name + ", " + value + ")", (capture, arena) -> setsockopt(
                capture, level, name, arena.allocateFrom(ValueLayout.JAVA_INT, value), Integer.BYTES));
    }

    /** Sets an option if the system knows it; whether it does. */
    public final boolean trySetInt(int level, int name, int value) {
        try {
            setInt(level, name, value);
            return true;
        } catch (IOException unsupported) {
            return false;
        }
    }

    /**
     * Sets an option to a struct.
     *
     * @param call the call, for the message of its failure
     * @param bytes the size of the struct
     * @param writer fills it in; it starts zeroed
     */
    public final void setStruct(String call, int level, int name, long bytes, Consumer<MemorySegment> writer)
            throws IOException {
        changing();
        call(call, (capture, arena) -> {
            MemorySegment struct = arena.allocate(bytes, Long.BYTES);
            writer.accept(struct);
            return setsockopt(capture, level, name, struct, (int) bytes);
        });
    }

    /**
     * Reads an option that is a struct.
     *
     * @param call the call, for the message of its failure
     * @param bytes the size of the struct
     * @param reader takes it; the memory is freed afterwards
     */
    public final void getStruct(String call, int level, int name, long bytes, Consumer<MemorySegment> reader)
            throws IOException {
        call(call, (capture, arena) -> {
            MemorySegment struct = arena.allocate(bytes, Long.BYTES);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, (int) bytes);
            int result = getsockopt(capture, level, name, struct, length);
            if (result >= 0) {
                reader.accept(struct);
            }
            return result;
        });
    }
}
