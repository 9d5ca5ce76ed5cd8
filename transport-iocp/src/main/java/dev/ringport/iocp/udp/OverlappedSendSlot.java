// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.udp;

import dev.ringport.datagram.send.SendOperation;
import dev.ringport.datagram.send.SendSlot;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.abi.WinsockConstants;
import dev.ringport.iocp.abi.Wsabuf;
import dev.ringport.iocp.abi.Wsamsg;
import dev.ringport.iocp.loop.CompletionPort;
import dev.ringport.iocp.loop.OverlappedSocket;
import dev.ringport.iocp.loop.SocketAtLoop;
import dev.ringport.iocp.loop.SocketOperation;
import dev.ringport.net.ControlMessageWriter;
import dev.ringport.net.Peer;
import dev.ringport.net.SocketAddressCodec;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A send overlapped with the native memory that Windows reads until it has completed.
 *
 * <pre>{@code
 *   0           32       88   96        128       160
 *   | OVERLAPPED| WSAMSG |    | address | control | WSABUF[6, 64 or 512]
 * }</pre>
 */
final class OverlappedSendSlot extends SendSlot {
    private static final int MESSAGE = 32;
    private static final int ADDRESS = 96;
    private static final int CONTROL = ADDRESS + SocketAddressCodec.ROOM;
    private static final int BUFFERS = CONTROL + 32;
    /** As many as fit into the size of slots that most sends take. */
    private static final int FEW_BUFFERS = 6;

    private final DatagramSends sends;
    private final SocketAtLoop place;
    private OverlappedSend overlapped;
    private boolean attempted;

    OverlappedSendSlot(DatagramSends sends, SocketAtLoop place) {
        this.sends = sends;
        this.place = place;
        overlapped = new OverlappedSend(FEW_BUFFERS);
    }

    /** Whether Windows was asked: a send behind one that found no buffers is not tried. */
    boolean wasAttempted() {
        return attempted;
    }

    /** Ends the overlapped as one that was not tried. */
    void abandon(int code) {
        attempted = false;
        overlapped.begin();
        overlapped.abandon(code);
    }

    /** Starts the send; 0 or a negated code, of which the overlapped tells too. */
    int start(SendOperation sent, OverlappedSocket socket, CompletionPort through) {
        attempted = true;
        if (!hasRoomFor(sent.pieces())) {
            // As Windows says it of memory of its own: the send is tried again.
            overlapped.begin();
            overlapped.abandon(WindowsErrors.WSAENOBUFS);
            return -WindowsErrors.WSAENOBUFS;
        }
        return overlapped.start(sent, socket, through);
    }

    private boolean hasRoomFor(int pieces) {
        OverlappedSend small = overlapped;
        if (pieces > small.buffers) {
            try {
                overlapped = new OverlappedSend(
                        pieces <= SendOperation.MAX_PIECES ? SendOperation.MAX_PIECES : DatagramSends.MAX_SEGMENTS);
            } catch (OutOfMemoryError noMemory) {
                return false;
            }
            small.dispose();
        }
        return true;
    }

    /** Gives the native memory back. */
    void free() {
        overlapped.dispose();
    }

    private final class OverlappedSend extends SocketOperation {
        private final int buffers;

        OverlappedSend(int buffers) {
            super(place, BUFFERS + buffers * Wsabuf.BYTES);
            this.buffers = buffers;
        }

        int start(SendOperation sent, OverlappedSocket socket, CompletionPort through) {
            int pieces = sent.pieces();
            MemorySegment memory = memory();
            long base = begin();
            Peer to = sent.recipient();
            if (to != null) {
                to.copyTo(memory, ADDRESS);
            }
            for (int i = 0; i < pieces; i++) {
                Wsabuf.len(memory, BUFFERS + i * Wsabuf.BYTES, sent.length(i));
                Wsabuf.buf(memory, BUFFERS + i * Wsabuf.BYTES, sent.address(i));
            }
            if (pieces == 0) {
                // An empty datagram: a buffer of no bytes is one all the same.
                Wsabuf.len(memory, BUFFERS, 0);
                Wsabuf.buf(memory, BUFFERS, base);
            }
            int count = Math.max(1, pieces);
            int result;
            if (sent.segmentSize() > 0) {
                result = startTrain(sent, memory, base, socket, through, to, count);
            } else if (to == null) {
                result = socket.calls().winsock().wsaSend(
                        through.capture(), socket.handle(), base + BUFFERS, count, 0, 0, base, 0);
            } else {
                result = socket.calls().winsock().wsaSendTo(
                        through.capture(), socket.handle(), base + BUFFERS, count, 0, 0, base + ADDRESS, to.length(),
                        base, 0);
            }
            started(result, result == 0 && !socket.skipsPackets(), 0);
            return result;
        }

        private int startTrain(
                SendOperation sent, MemorySegment memory, long base, OverlappedSocket socket, CompletionPort through,
                @Nullable Peer to, int count) {
            Wsamsg.name(memory, MESSAGE, to == null ? 0 : base + ADDRESS);
            Wsamsg.namelen(memory, MESSAGE, to == null ? 0 : to.length());
            Wsamsg.lpBuffers(memory, MESSAGE, base + BUFFERS);
            Wsamsg.dwBufferCount(memory, MESSAGE, count);
            int control = ControlMessageWriter.putInt(
                    memory, CONTROL, WinsockConstants.IPPROTO_UDP, WinsockConstants.UDP_SEND_MSG_SIZE,
                    sent.segmentSize());
            Wsabuf.buf(memory, MESSAGE + Wsamsg.CONTROL, base + CONTROL);
            Wsabuf.len(memory, MESSAGE + Wsamsg.CONTROL, control);
            Wsamsg.dwFlags(memory, MESSAGE, 0);
            return socket.calls().extensions().wsaSendMsg(
                    through.capture(), socket.handle(), base + MESSAGE, 0, 0, base, 0);
        }

        @Override
        protected void ended(int endCode, int transferred) {
            sends.completed(OverlappedSendSlot.this, endCode);
        }
    }
}
