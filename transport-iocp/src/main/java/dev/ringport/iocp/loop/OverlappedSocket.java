// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.loop;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.iocp.abi.FileCompletionInformation;
import dev.ringport.iocp.abi.IoStatusBlock;
import dev.ringport.iocp.abi.Linger;
import dev.ringport.iocp.abi.WindowsCalls;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.abi.WsaProtocolChain;
import dev.ringport.iocp.abi.WsaProtocolInfow;
import dev.ringport.iocp.abi.Wsapollfd;
import dev.ringport.net.AddressFamilies;
import dev.ringport.net.SocketAddressCodec;
import dev.ringport.net.SystemSocket;
import io.netty.channel.ChannelException;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.util.NetUtil;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

import static dev.ringport.iocp.abi.WinsockConstants.AF_INET;
import static dev.ringport.iocp.abi.WinsockConstants.AF_INET6;
import static dev.ringport.iocp.abi.WinsockConstants.AF_UNSPEC;
import static dev.ringport.iocp.abi.WinsockConstants.FILE_SKIP_COMPLETION_PORT_ON_SUCCESS;
import static dev.ringport.iocp.abi.WinsockConstants.FILE_SKIP_SET_EVENT_ON_HANDLE;
import static dev.ringport.iocp.abi.WinsockConstants.FileReplaceCompletionInformation;
import static dev.ringport.iocp.abi.WinsockConstants.IPPROTO_IPV6;
import static dev.ringport.iocp.abi.WinsockConstants.IPPROTO_TCP;
import static dev.ringport.iocp.abi.WinsockConstants.IPPROTO_UDP;
import static dev.ringport.iocp.abi.WinsockConstants.IPV6_V6ONLY;
import static dev.ringport.iocp.abi.WinsockConstants.MSG_PEEK;
import static dev.ringport.iocp.abi.WinsockConstants.POLLRDNORM;
import static dev.ringport.iocp.abi.WinsockConstants.SIO_CPU_AFFINITY;
import static dev.ringport.iocp.abi.WinsockConstants.SIO_UDP_CONNRESET;
import static dev.ringport.iocp.abi.WinsockConstants.SIO_UDP_NETRESET;
import static dev.ringport.iocp.abi.WinsockConstants.SOCK_DGRAM;
import static dev.ringport.iocp.abi.WinsockConstants.SOCK_STREAM;
import static dev.ringport.iocp.abi.WinsockConstants.SOL_SOCKET;
import static dev.ringport.iocp.abi.WinsockConstants.SO_LINGER;
import static dev.ringport.iocp.abi.WinsockConstants.SO_PROTOCOL_INFOW;
import static dev.ringport.iocp.abi.WinsockConstants.WSA_FLAG_NO_HANDLE_INHERIT;
import static dev.ringport.iocp.abi.WinsockConstants.WSA_FLAG_OVERLAPPED;
import static dev.ringport.iocp.abi.WinsockConstants.XP1_IFS_HANDLES;

/** A {@code SOCKET}, the port it belongs to, and the calls on it that are not overlapped. */
public final class OverlappedSocket extends SystemSocket {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(OverlappedSocket.class);
    /** What Windows cuts the length of an accept queue to, unless it is given as a hint. */
    private static final int MAX_PLAIN_BACKLOG = 200;
    private static final int MAX_BACKLOG_HINT = 65_535;
    /** Leaves the length to Windows. */
    private static final int SOMAXCONN = Integer.MAX_VALUE;
    /** Socket addresses as Winsock has them. */
    public static final SocketAddressCodec CODEC = new SocketAddressCodec(new AddressFamilies(AF_INET, AF_INET6));

    /** Whose sockets these are. */
    private enum Provider {
        UNKNOWN,
        /** Windows' own: handles of the file system. */
        SYSTEM,
        /** Of a layered provider. */
        OTHER
    }

    private final WindowsCalls calls;
    private final long socket;
    private @Nullable CompletionPort port;
    private Packets packets = Packets.ALWAYS;
    private Provider provider = Provider.UNKNOWN;

    /** Whether an operation that succeeds at once posts a packet. */
    private enum Packets {
        /** Windows' default: the modes were never set. */
        ALWAYS,
        /** The modes are set. */
        SKIPPED,
        /** They were, and the socket has moved to another port since. */
        UNKNOWN
    }

    private OverlappedSocket(WindowsCalls calls, long socket, boolean inet6) {
        super(CODEC, inet6);
        this.calls = calls;
        this.socket = socket;
    }

    /**
     * For a channel's constructors: a socket of the family, or of the default one.
     *
     * @throws ChannelException if the system has no such sockets
     */
    public static OverlappedSocket forFamily(WindowsCalls calls, @Nullable SocketProtocolFamily family,
            boolean stream) {
        try {
            if (family == null) {
                return NetUtil.isIpV4StackPreferred() ? open(calls, false, stream) : openDualStack(calls, stream);
            }
            return switch (family) {
                case INET -> open(calls, false, stream);
                case INET6 -> open(calls, true, stream);
                default -> throw new IllegalArgumentException("the family is INET or INET6, not " + family);
            };
        } catch (IOException e) {
            throw new ChannelException("cannot open a socket", e);
        }
    }

    private static OverlappedSocket openDualStack(WindowsCalls calls, boolean stream) throws IOException {
        try {
            return open(calls, true, stream);
        } catch (IOException noInet6) {
            return open(calls, false, stream);
        }
    }

    /**
     * A new socket for this listener to accept into. What the listener is, the connection becomes: dual stack too. One
     * provider makes both, which is asked for the listener alone.
     */
    public OverlappedSocket openForAccept() throws IOException {
        OverlappedSocket socket = openPlain(calls, isInet6(), true);
        socket.provider = provider;
        return socket;
    }

    /** A new overlapped socket that child processes do not inherit. IPv6 sockets are dual stack. */
    public static OverlappedSocket open(WindowsCalls calls, boolean inet6, boolean stream) throws IOException {
        OverlappedSocket socket = openPlain(calls, inet6, stream);
        try {
            if (inet6) {
                socket.setInt(IPPROTO_IPV6, IPV6_V6ONLY, 0);
            }
        } catch (Throwable failed) {
            socket.close();
            throw failed;
        }
        return socket;
    }

    private static OverlappedSocket openPlain(WindowsCalls calls, boolean inet6, boolean stream) throws IOException {
        long made = calls.winsock().wsaSocketW(
                NativeCalls.threadCapture(),
                inet6 ? AF_INET6 : AF_INET,
                stream ? SOCK_STREAM : SOCK_DGRAM,
                stream ? IPPROTO_TCP : IPPROTO_UDP,
                0,
                0,
                WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
        if (made < 0) {
            throw WindowsErrors.exception("WSASocketW", (int) -made);
        }
        return new OverlappedSocket(calls, made, inet6);
    }

    /** The {@code SOCKET}, for overlapped calls. Good on the loop until the channel closes it there. */
    public long handle() {
        return socket;
    }

    /** What it calls. */
    public WindowsCalls calls() {
        return calls;
    }

    /**
     * Whether an overlapped call that succeeds at once posts no packet. Only where the socket is a handle of the file
     * system and no layered provider stands between.
     */
    public boolean skipsPackets() {
        return packets == Packets.SKIPPED;
    }

    /**
     * If nobody knows yet whether sockets can come to another port, runs {@code then} once when it is known, on any thread.
     *
     * @return whether {@code then} will run
     */
    boolean runWhenMovesAreKnown(Runnable then) {
        return MoveProbe.runWhenOver(calls, then);
    }

    /** Whether the socket can come to another port than its first, as far as is known. From any thread. */
    boolean canMove() {
        return MoveProbe.hasSeenMoves(calls);
    }

    /**
     * Lets the packets of this socket come to the port. A socket belongs to its first port for life, unless Windows can
     * move it (8.1 and later). Nothing of the socket may be under way.
     *
     * @throws ClosedChannelException if the socket is closed: its number may be another's by now
     * @throws UnsupportedOperationException if it belongs to another port and cannot be moved
     * @throws IOException if it is at the port, and what its calls post there could not be found out
     */
    public synchronized void attach(CompletionPort to) throws IOException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
        if (port == null) {
            call("CreateIoCompletionPort", (capture, arena) -> to.associate(socket));
            port = to;
            if (skipPackets()) {
                packets = Packets.SKIPPED;
            }
            return;
        }
        if (!to.equals(port)) {
            move(to);
            port = to;
            if (packets == Packets.SKIPPED) {
                packets = Packets.UNKNOWN;
            }
        }
        if (packets == Packets.UNKNOWN) {
            // Nobody says that the modes outlast a move. Waiting for a packet that is skipped would be for ever.
            if (!skipPackets()) {
                throw new IOException("SetFileCompletionNotificationModes fails after the socket has moved");
            }
            packets = Packets.SKIPPED;
        }
    }

    private boolean skipPackets() throws IOException {
        if (provider == Provider.UNKNOWN) {
            getStruct(
                    "getsockopt(SO_PROTOCOL_INFOW)", SOL_SOCKET, SO_PROTOCOL_INFOW, WsaProtocolInfow.BYTES,
                    info -> provider = (WsaProtocolInfow.dwServiceFlags1(info, 0) & XP1_IFS_HANDLES) != 0
                            && WsaProtocolChain.chainLen(info, WsaProtocolInfow.PROTOCOL_CHAIN) == 1
                                    ? Provider.SYSTEM
                                    : Provider.OTHER);
        }
        return provider == Provider.SYSTEM && calls.kernel32().setFileCompletionNotificationModes(
                NativeCalls.threadCapture(), socket,
                FILE_SKIP_COMPLETION_PORT_ON_SUCCESS | FILE_SKIP_SET_EVENT_ON_HANDLE) == 0;
    }

    /** With the lock, on an open socket. */
    private void move(CompletionPort to) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = arena.allocate(IoStatusBlock.LAYOUT);
            MemorySegment information = arena.allocate(FileCompletionInformation.LAYOUT);
            FileCompletionInformation.port(information, 0, to.handle());
            int result = calls.ntdll().ntSetInformationFile(
                    socket, status.address(), information.address(), (int) FileCompletionInformation.BYTES,
                    FileReplaceCompletionInformation);
            if (result != 0) {
                IOException refusal = new IOException("NtSetInformationFile answers 0x" + Integer.toHexString(result));
                throw new UnsupportedOperationException(
                        "this Windows cannot move a socket to another completion port (" + refusal.getMessage()
                                + "): register the channel with its former event loop",
                        refusal);
            }
        }
    }

    /** Sets {@code SO_LINGER}. */
    public void setLinger(boolean on, int seconds) throws IOException {
        setStruct("setsockopt(SO_LINGER)", SOL_SOCKET, SO_LINGER, Linger.BYTES, linger -> {
            Linger.lOnoff(linger, 0, on ? 1 : 0);
            Linger.lLinger(linger, 0, seconds);
        });
    }

    /** {@code SO_LINGER} in seconds, or -1 if it is off. */
    public int getLinger() throws IOException {
        int[] seconds = new int[1];
        getStruct(
                "getsockopt(SO_LINGER)", SOL_SOCKET, SO_LINGER, Linger.BYTES,
                linger -> seconds[0] = Linger.lOnoff(linger, 0) == 0 ? -1 : Linger.lLinger(linger, 0));
        return seconds[0];
    }

    /**
     * Dissolves a datagram socket's connection. Two forms are in use: an address of nothing but zeroes, and one of the
     * socket's family; the second alone keeps a port that the system chose everywhere, so it is asked for first where
     * there is a port to keep.
     */
    public void disconnect(boolean keepPort) throws IOException {
        if (keepPort && tryDisconnect(isInet6() ? AF_INET6 : AF_INET) && remoteAddress() == null) {
            return;
        }
        call("connect(AF_UNSPEC)", (capture, arena) -> disconnect(capture, arena, AF_UNSPEC));
    }

    private boolean tryDisconnect(int family) {
        try {
            call("connect(0)", (capture, arena) -> disconnect(capture, arena, family));
            return true;
        } catch (IOException notTaken) {
            return false;
        }
    }

    private int disconnect(MemorySegment capture, Arena arena, int family) {
        MemorySegment name = arena.allocate(SocketAddressCodec.ROOM, Long.BYTES);
        name.set(ValueLayout.JAVA_SHORT, 0, (short) family);
        return calls.winsock().connect(
                capture, socket, name.address(),
                isInet6() ? SocketAddressCodec.INET6_BYTES : SocketAddressCodec.INET_BYTES);
    }

    /** Ends one direction. */
    public void shutdown(int how) throws IOException {
        call("shutdown", (capture, arena) -> calls.winsock().shutdown(capture, socket, how));
    }

    /** Whether the peer has ended its stream and all of it was read. Does not block, and takes nothing. */
    public boolean isAtEnd() throws IOException {
        return 0 == call("recv", (capture, arena) -> {
            MemorySegment poll = arena.allocate(Wsapollfd.LAYOUT);
            Wsapollfd.fd(poll, 0, socket);
            Wsapollfd.events(poll, 0, POLLRDNORM);
            int ready = calls.winsock().wsaPoll(capture, poll.address(), 1, 0);
            // A recv on a socket that is not ready would block.
            if (ready <= 0) {
                return ready == 0 ? 1 : ready;
            }
            return calls.winsock().recv(capture, socket, arena.allocate(1).address(), 1, MSG_PEEK);
        });
    }

    /** Listens. A longer queue than Windows grants by itself is asked for as a hint, a negative number. */
    public void listen(int backlog) throws IOException {
        if (backlog > MAX_PLAIN_BACKLOG && backlog != SOMAXCONN) {
            try {
                // SOMAXCONN_HINT
                listenFor(-Math.min(backlog, MAX_BACKLOG_HINT));
                return;
            } catch (IOException noHints) {
                LOGGER.debug("listen takes no hint", noHints);
            }
        }
        listenFor(backlog);
    }

    private void listenFor(int backlog) throws IOException {
        call("listen", (capture, arena) -> calls.winsock().listen(capture, socket, backlog));
    }

    /** A {@code WSAIoctl} that takes a number and answers nothing. */
    public void ioctl(String name, int code, int value) throws IOException {
        call(name, (capture, arena) -> calls.winsock().wsaIoctl(
                capture, socket, code, arena.allocateFrom(ValueLayout.JAVA_INT, value).address(), Integer.BYTES, 0, 0,
                arena.allocate(ValueLayout.JAVA_INT).address(), 0, 0));
    }

    /**
     * Lets the socket share its port with others of its kind, and gives it what comes in on one processor. Before the
     * bind.
     *
     * @param processor from 0, as {@code SIO_CPU_AFFINITY} takes it, in 16 bits
     */
    public void receiveOf(int processor) throws IOException {
        call("WSAIoctl(SIO_CPU_AFFINITY)", (capture, arena) -> calls.winsock().wsaIoctl(
                capture, socket, SIO_CPU_AFFINITY,
                arena.allocateFrom(ValueLayout.JAVA_SHORT, (short) processor).address(), Short.BYTES, 0, 0,
                arena.allocate(ValueLayout.JAVA_INT).address(), 0, 0));
    }

    /** Whether datagrams that met a closed port fail a later receive; those that ran out of hops never do. */
    public void tellResets(boolean on) {
        tryIoctl("WSAIoctl(SIO_UDP_CONNRESET)", SIO_UDP_CONNRESET, on ? 1 : 0);
        tryIoctl("WSAIoctl(SIO_UDP_NETRESET)", SIO_UDP_NETRESET, 0);
    }

    private void tryIoctl(String name, int code, int value) {
        try {
            ioctl(name, code, value);
        } catch (IOException notKnown) {
            // What comes in spite of it is told apart by whether the channel is connected.
            LOGGER.debug("whether resets are told cannot be chosen: {}", notKnown.toString());
        }
    }

    @Override
    protected int bind(MemorySegment capture, MemorySegment name, int bytes) {
        return calls.winsock().bind(capture, socket, name.address(), bytes);
    }

    @Override
    protected int connect(MemorySegment capture, MemorySegment name, int bytes) {
        return calls.winsock().connect(capture, socket, name.address(), bytes);
    }

    @Override
    protected int getsockname(MemorySegment capture, MemorySegment name, MemorySegment bytes) {
        return calls.winsock().getsockname(capture, socket, name.address(), bytes.address());
    }

    @Override
    protected int getpeername(MemorySegment capture, MemorySegment name, MemorySegment bytes) {
        return calls.winsock().getpeername(capture, socket, name.address(), bytes.address());
    }

    @Override
    protected int getsockopt(MemorySegment capture, int level, int name, MemorySegment value, MemorySegment bytes) {
        return calls.winsock().getsockopt(capture, socket, level, name, value.address(), bytes.address());
    }

    @Override
    protected int setsockopt(MemorySegment capture, int level, int name, MemorySegment value, int bytes) {
        return calls.winsock().setsockopt(capture, socket, level, name, value.address(), bytes);
    }

    @Override
    protected void close(MemorySegment capture) {
        calls.winsock().closesocket(capture, socket);
    }

    @Override
    protected int check(String call, int result) throws IOException {
        if (result < 0) {
            throw WindowsErrors.exception(call, -result);
        }
        return result;
    }
}
