// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.file;

import dev.ringport.iocp.abi.Overlapped;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.loop.OverlappedSocket;
import dev.ringport.iocp.loop.SocketOperation;
import io.netty.channel.FileRegion;
import java.io.File;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Sends a region with {@code TransmitFile}. */
final class TransmitFileSend extends RegionSend {
    /** The most one call carries: 2 GiB - 2. */
    private static final int MAX_BYTES = Integer.MAX_VALUE - 1;
    /** Winsock's own codes start here: those of the connection, not of the file. */
    private static final int FIRST_WSA_CODE = 10_000;

    private final long position;
    private final @Nullable File file;
    private @Nullable FileHandle handle;
    private @Nullable Transmit transmit;
    private boolean released;

    /** Of a file that is open already. */
    TransmitFileSend(
            RegionOwner owner, FileRegion region, long position, FileHandle handle) {
        super(owner, region);
        this.position = position;
        file = null;
        this.handle = (FileHandle) handle.retain();
    }

    /** Of a file that another thread opens first. */
    TransmitFileSend(RegionOwner owner, FileRegion region, long position, File file) {
        super(owner, region);
        this.position = position;
        this.file = file;
    }

    @Override
    public void next() {
        FileHandle open = handle;
        if (open == null) {
            open();
            return;
        }
        Transmit operation = transmit;
        if (operation == null) {
            operation = new Transmit();
            transmit = operation;
        }
        operation.start(open, position + offset(), (int) Math.min(remaining(), MAX_BYTES));
    }

    private void open() {
        File toOpen = file;
        if (toOpen == null) {
            throw new IllegalStateException("released");
        }
        FileWorkers.run(owner.channel(), () -> FileHandle.open(owner.socket().calls().kernel32(), toOpen.toPath()),
                new FileWorkers.Result<FileHandle>() {
                    @Override
                    public void arrived(FileHandle opened) {
                        if (released) {
                            opened.release();
                            owner.abandoned();
                        } else {
                            handle = opened;
                            owner.prepared();
                        }
                        // A deregistration may wait for the opening.
                        owner.movedOn();
                    }

                    @Override
                    public void failed(IOException cause) {
                        if (released) {
                            owner.abandoned();
                        } else {
                            owner.regionFailed(TransmitFileSend.this, cause);
                        }
                        owner.movedOn();
                    }

                    @Override
                    public void discarded(@Nullable FileHandle opened) {
                        if (opened != null) {
                            opened.release();
                        }
                    }
                });
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
        FileHandle open = handle;
        handle = null;
        if (open != null) {
            open.release();
        }
    }

    /**
     * @param begun whether Windows had taken the call: a part may have left, and nobody can tell how much
     */
    private void transmitted(int code, int bytes, boolean begun) {
        boolean ofConnection = code >= FIRST_WSA_CODE || code == WindowsErrors.WSA_OPERATION_ABORTED;
        if (ofConnection && !(begun && isOfMemory(code))) {
            owner.refused("TransmitFile", code);
        } else if (code != 0) {
            owner.regionFailed(this, WindowsErrors.exception("TransmitFile", code));
        } else if (bytes == 0) {
            owner.regionFailed(this,
                    new IOException("the file ends " + remaining() + " bytes before the region does"));
        } else {
            owner.regionSent(this, Integer.toUnsignedLong(bytes));
        }
    }

    /** Whether the writer would make the call again. */
    private static boolean isOfMemory(int code) {
        return code == WindowsErrors.WSAENOBUFS || code == WindowsErrors.WSAEWOULDBLOCK;
    }

    private final class Transmit extends SocketOperation {
        private @Nullable FileHandle inUse;
        private boolean begun;

        Transmit() {
            super(owner.place(), Overlapped.BYTES);
        }

        void start(FileHandle open, long from, int bytes) {
            inUse = (FileHandle) open.retain();
            loop().counters().sendCalls++;
            OverlappedSocket socket = owner.socket();
            long overlapped = begin();
            Overlapped.offset(memory(), 0, (int) from);
            Overlapped.offsetHigh(memory(), 0, (int) (from >>> Integer.SIZE));
            int result = loop().calls().extensions().transmitFile(
                    loop().port().capture(), socket.handle(), open.handle(), bytes, 0, overlapped, 0, 0);
            begun = result == 0 || result == -WindowsErrors.WSA_IO_PENDING;
            started(result, result == 0 && !socket.skipsPackets(), (int) Overlapped.internalHigh(memory(), 0));
        }

        @Override
        protected void ended(int code, int bytes) {
            FileHandle used = inUse;
            inUse = null;
            if (used != null) {
                used.release();
            }
            try {
                if (released) {
                    owner.abandoned();
                } else {
                    transmitted(code, bytes, begun);
                }
            } finally {
                owner.movedOn();
            }
        }
    }
}
