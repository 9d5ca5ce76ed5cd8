// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.udp;

import dev.ringport.datagram.receive.Payload;
import dev.ringport.ffm.BufferAddress;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.abi.Wsabuf;
import dev.ringport.iocp.abi.Wsamsg;
import dev.ringport.iocp.loop.CompletionPort;
import dev.ringport.iocp.loop.OverlappedSocket;
import dev.ringport.iocp.loop.SocketAtLoop;
import dev.ringport.iocp.loop.SocketOperation;
import dev.ringport.net.SocketAddressCodec;
import io.netty.buffer.ByteBuf;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * One posted receive, with all that Windows writes: sender, control data, and the buffer that is handed up itself. Of what
 * it has brought it is the payload too, until that is taken out or dropped.
 *
 * <pre>{@code
 *   0           32       48      52       56         64        96       152       256
 *   | OVERLAPPED| WSABUF | flags | length | received | address | WSAMSG | control |
 * }</pre>
 */
final class PostedReceive extends SocketOperation implements Payload {
    private static final int BUFFER = 32;
    private static final int FLAGS = 48;
    private static final int LENGTH = 52;
    /** How much a call that ends at once has brought: the OVERLAPPED may not say it then. */
    private static final int RECEIVED = 56;
    private static final int ADDRESS = 64;
    private static final int MESSAGE = ADDRESS + SocketAddressCodec.ROOM;
    private static final int CONTROL = 152;
    private static final int BYTES = 256;
    /** IN6_PKTINFO and the size to cut a train by take 64 bytes with their headers. */
    private static final int CONTROL_ROOM = BYTES - CONTROL;

    private enum State {
        /** Never posted. */
        FRESH,
        /** Posted, and not told of yet. */
        POSTED,
        /** Posted, and cut by the call itself: whether a packet follows is to be found out. */
        IN_DOUBT,
        /** Told of, until it is posted again. */
        DONE
    }

    private final DatagramReceives owner;
    private @Nullable ByteBuf buffer;
    private State state = State.FRESH;
    /** Control data was asked for, with a WSAMSG. */
    private boolean message;
    /** What comes may be several datagrams. */
    private boolean trains;
    /** The call itself told the outcome. */
    private boolean atOnce;
    private int posting;
    private int code;
    private int bytes;

    PostedReceive(DatagramReceives owner, SocketAtLoop place) {
        super(place, BYTES);
        this.owner = owner;
    }

    /**
     * Posts it.
     *
     * @param into becomes this operation's until it has ended; its writer index says where to
     * @param room how many bytes to receive at most
     * @param withControl whether control data is asked for
     * @param mayBeTrain whether what comes may be several datagrams
     */
    void post(
            OverlappedSocket socket, CompletionPort port, ByteBuf into, int room, boolean withControl,
            boolean mayBeTrain) {
        MemorySegment memory = memory();
        buffer = into;
        message = withControl;
        trains = mayBeTrain;
        state = State.POSTED;
        int thisPosting = ++posting;
        Wsabuf.len(memory, BUFFER, room);
        Wsabuf.buf(memory, BUFFER, BufferAddress.of(into, 0, room));
        memory.set(ValueLayout.JAVA_INT, FLAGS, 0);
        memory.set(ValueLayout.JAVA_INT, LENGTH, SocketAddressCodec.ROOM);
        memory.set(ValueLayout.JAVA_INT, RECEIVED, 0);
        // Unless Windows says who sent it, nobody did.
        memory.set(ValueLayout.JAVA_LONG, ADDRESS, 0L);
        long overlapped = begin();
        long base = overlapped;
        int result;
        if (withControl) {
            Wsamsg.name(memory, MESSAGE, base + ADDRESS);
            Wsamsg.namelen(memory, MESSAGE, SocketAddressCodec.ROOM);
            Wsamsg.lpBuffers(memory, MESSAGE, base + BUFFER);
            Wsamsg.dwBufferCount(memory, MESSAGE, 1);
            Wsabuf.buf(memory, MESSAGE + Wsamsg.CONTROL, base + CONTROL);
            Wsabuf.len(memory, MESSAGE + Wsamsg.CONTROL, CONTROL_ROOM);
            Wsamsg.dwFlags(memory, MESSAGE, 0);
            result = socket.calls().extensions().wsaRecvMsg(
                    port.capture(), socket.handle(), base + MESSAGE, base + RECEIVED, overlapped, 0);
        } else {
            result = socket.calls().winsock().wsaRecvFrom(
                    port.capture(), socket.handle(), base + BUFFER, 1, base + RECEIVED, base + FLAGS, base + ADDRESS,
                    base + LENGTH, overlapped, 0);
        }
        atOnce = result != -WindowsErrors.WSA_IO_PENDING;
        if (result < 0 && atOnce && WindowsErrors.fromWin32(-result) == WindowsErrors.WSAEMSGSIZE) {
            // Cut, and there is no saying whether a packet follows, whatever the modes are: to the kernel a warning is
            // neither a success nor an error.
            state = State.IN_DOUBT;
            owner.afterPacketsAtHand(() -> checkForPacket(thisPosting));
        } else {
            // In turn all the same: it waits for those posted before it, whose packets may still be in the port.
            started(result, result == 0 && !socket.skipsPackets(), memory.get(ValueLayout.JAVA_INT, RECEIVED));
        }
    }

    /**
     * All packets from before the call's end were taken. If this one's was not among them there is none. If it was, the
     * memory may have been posted again since: of a later posting this says nothing.
     */
    private void checkForPacket(int asked) {
        if (asked == posting && state == State.IN_DOUBT && isUnderWay()) {
            state = State.POSTED;
            started(-WindowsErrors.WSAEMSGSIZE, false, 0);
        }
    }

    @Override
    protected void ended(int endCode, int transferred) {
        state = State.DONE;
        code = endCode == 0 ? 0 : WindowsErrors.fromWin32(endCode);
        bytes = code == WindowsErrors.WSAEMSGSIZE ? room() : transferred;
        owner.ended(this);
    }

    boolean isDone() {
        return state == State.DONE;
    }

    /** Whether the call itself told the outcome. */
    boolean endedAtOnce() {
        return atOnce;
    }

    /** Whether control data was asked for. */
    boolean askedForControl() {
        return message;
    }

    /** Whether what has come may be several datagrams. */
    boolean mayBeTrain() {
        return trains;
    }

    /** What comes is one datagram after all. */
    void bringsOne() {
        trains = false;
    }

    /** 0 or how it failed. */
    int code() {
        return code;
    }

    /** What was received; all there was room for if the datagram was cut. */
    int bytes() {
        return bytes;
    }

    /** How many bytes it could receive. */
    int room() {
        return Wsabuf.len(memory(), BUFFER);
    }

    @Override
    public ByteBuf take(int length) {
        return owner.take(this, length);
    }

    @Override
    public ByteBuf takeTrain(int length) {
        return owner.take(this, length);
    }

    @Override
    public void discard() {
        owner.drop(this);
    }

    /** The buffer, which stays this operation's. */
    ByteBuf buffer() {
        ByteBuf known = buffer;
        if (known == null) {
            throw new IllegalStateException("the receive has no buffer");
        }
        return known;
    }

    /** Takes the buffer over. */
    ByteBuf takeBuffer() {
        ByteBuf taken = buffer();
        buffer = null;
        return taken;
    }

    /** Gives the buffer back unread. */
    void releaseBuffer() {
        ByteBuf unread = buffer;
        buffer = null;
        if (unread != null) {
            unread.release();
        }
    }

    MemorySegment segment() {
        return memory();
    }

    int addressAt() {
        return ADDRESS;
    }

    int addressBytes() {
        MemorySegment memory = memory();
        int length = message ? Wsamsg.namelen(memory, MESSAGE) : memory.get(ValueLayout.JAVA_INT, LENGTH);
        return memory.get(ValueLayout.JAVA_SHORT, ADDRESS) == 0 ? 0 : Math.min(length, SocketAddressCodec.ROOM);
    }

    int controlAt() {
        return CONTROL;
    }

    /** How much control data came; 0 if none was asked for. */
    int controlBytes() {
        return message ? Math.min(Wsabuf.len(memory(), MESSAGE + Wsamsg.CONTROL), CONTROL_ROOM) : 0;
    }

    /** The flags of the datagram; 0 if no control data was asked for. */
    int flags() {
        return message ? Wsamsg.dwFlags(memory(), MESSAGE) : 0;
    }
}
