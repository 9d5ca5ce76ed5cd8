// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.file;

import dev.ringport.iocp.abi.Overlapped;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.loop.OverlappedSocket;
import dev.ringport.iocp.loop.SocketOperation;
import io.netty.channel.FileRegion;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Sends a region with {@code TransmitFile}, a piece a call: only the end of a call is told, and idle handlers look for
 * progress. No piece reaches beyond the end of the file as it was last measured.
 */
final class TransmitFileSend extends RegionSend {
    private static final int PIECE_BYTES = 4 * 1024 * 1024;
    /** Winsock's own codes start here: those of the connection, not of the file. */
    private static final int FIRST_WSA_CODE = 10_000;

    private final RegionFile file;
    private @Nullable Transmit transmit;
    /** What a worker does, or has done and the loop has not seen: it answers how to go on. Null if nothing. */
    private @Nullable FileTask<Runnable> working;
    /** The file was found too short for the region, and has been measured since. */
    private boolean isShort;
    private boolean released;

    TransmitFileSend(RegionOwner owner, FileRegion region, RegionFile file) {
        super(owner, region);
        this.file = file;
    }

    private long remaining() {
        return region.count() - offset();
    }

    @Override
    public boolean isDone() {
        return remaining() <= 0;
    }

    @Override
    public void progressed(long bytes) {
        super.progressed(bytes);
        transferred(region, offset());
    }

    @Override
    public void next() {
        FileTask<Runnable> task = working;
        if (task == null) {
            transmitNext();
        } else if (task.isUnderWay()) {
            owner.preparing();
        } else {
            working = null;
            goOn(task);
        }
    }

    private void goOn(FileTask<Runnable> ended) {
        Runnable then;
        try {
            then = ended.take();
        } catch (IOException failed) {
            owner.regionFailed(this, failed);
            return;
        }
        then.run();
    }

    private void transmitNext() {
        FileHandle open = file.handle();
        if (open == null) {
            work(() -> {
                FileHandle _ = file.open();
                return this::transmitNext;
            });
            return;
        }
        long from = region.position() + offset();
        long wanted = Math.min(remaining(), PIECE_BYTES);
        long there = Math.min(wanted, open.size() - from);
        if (there < wanted && !isShort) {
            isShort = true;
            work(() -> {
                long _ = open.measure();
                return this::transmitNext;
            });
        } else if (there <= 0) {
            // A length of 0 would mean the whole file.
            owner.regionFailed(this, endsEarly());
        } else {
            Transmit operation = transmit;
            if (operation == null) {
                operation = new Transmit();
                transmit = operation;
            }
            operation.start(open, from, (int) there);
        }
    }

    private IOException endsEarly() {
        return new IOException("the file ends " + remaining() + " bytes before the region does");
    }

    /** Has a worker do what may block; the answer is how to go on. */
    private void work(Callable<Runnable> what) {
        working = FileTask.begin(owner.channel(), what, owner::prepared, _ -> file.close());
        owner.preparing();
    }

    @Override
    public void cancel() {
        if (transmit != null) {
            transmit.cancel(owner.socket());
        }
    }

    @Override
    public void dispose() {
        if (transmit != null) {
            transmit.dispose();
            transmit = null;
        }
    }

    @Override
    public void release() {
        released = true;
        dispose();
        FileTask<Runnable> task = working;
        working = null;
        if (task == null) {
            file.close();
        } else {
            task.abandon();
        }
    }

    private void transmitted(int code, int bytes, Transmit.Start start) {
        boolean ofConnection = code >= FIRST_WSA_CODE || code == WindowsErrors.WSA_OPERATION_ABORTED;
        if (ofConnection && !(start != Transmit.Start.REFUSED && isOfMemory(code))) {
            owner.refused("TransmitFile", code);
        } else if (code != 0) {
            owner.regionFailed(this, WindowsErrors.exception("TransmitFile", code));
        } else if (bytes == 0) {
            owner.regionFailed(this, endsEarly());
        } else {
            owner.regionSent(this, Integer.toUnsignedLong(bytes));
        }
    }

    /**
     * A call succeeded at once, and nobody says how many bytes it carried: the {@code OVERLAPPED} may have been left as it
     * was. It carried what it was asked for unless the file was cut meanwhile.
     */
    private void transmittedAtOnce(FileHandle sent, long end, int bytes) {
        work(() -> {
            boolean isWhole = sent.measure() >= end;
            return () -> {
                if (isWhole) {
                    owner.regionSent(this, bytes);
                } else {
                    owner.regionFailed(this, endsEarly());
                }
            };
        });
    }

    /** Whether the writer would make the call again. */
    private static boolean isOfMemory(int code) {
        return code == WindowsErrors.WSAENOBUFS || code == WindowsErrors.WSAEWOULDBLOCK;
    }

    private final class Transmit extends SocketOperation {
        /** What the call answered. */
        private enum Start {
            /** Windows has not taken it: nothing has left. */
            REFUSED,
            /** A part may have left when it fails, and nobody can tell how much. */
            TAKEN,
            /** It has succeeded, and no packet follows. */
            ENDED
        }

        private @Nullable FileHandle inUse;
        private long end;
        private int length;
        private Start start = Start.REFUSED;

        Transmit() {
            super(owner.place(), Overlapped.BYTES);
        }

        void start(FileHandle open, long from, int bytes) {
            inUse = (FileHandle) open.retain();
            loop().counters().sendCalls++;
            OverlappedSocket socket = owner.socket();
            length = bytes;
            end = from + bytes;
            long overlapped = begin();
            Overlapped.offset(memory(), 0, (int) from);
            Overlapped.offsetHigh(memory(), 0, (int) (from >>> Integer.SIZE));
            int result = loop().calls().extensions().transmitFile(
                    loop().port().capture(), socket.handle(), open.handle(), bytes, 0, overlapped, 0, 0);
            boolean packet = result == 0 && !socket.skipsPackets();
            start = packet || result == -WindowsErrors.WSA_IO_PENDING
                    ? Start.TAKEN
                    : result == 0 ? Start.ENDED : Start.REFUSED;
            started(result, packet, bytes);
        }

        @Override
        protected void ended(int code, int bytes) {
            FileHandle used = inUse;
            inUse = null;
            try {
                if (released) {
                    owner.abandoned();
                } else if (code == 0 && start == Start.ENDED && used != null) {
                    transmittedAtOnce(used, end, length);
                } else {
                    transmitted(code, bytes, start);
                }
            } finally {
                if (used != null) {
                    used.release();
                }
                owner.movedOn();
            }
        }
    }
}
