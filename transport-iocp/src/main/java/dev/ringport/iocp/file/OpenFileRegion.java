// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.file;

import io.netty.channel.FileRegion;
import io.netty.util.AbstractReferenceCounted;

/** A region whose file is open already. {@code IocpFileRegion} is the one. */
public abstract class OpenFileRegion extends AbstractReferenceCounted implements FileRegion {
    private final FileHandle handle;
    private volatile long transferred;

    /** Takes over a reference to the file. */
    protected OpenFileRegion(FileHandle handle) {
        this.handle = handle;
    }

    /** The file. Good as long as the region is. */
    protected final FileHandle handle() {
        return handle;
    }

    /** How much has left, in bytes. */
    protected final void transferred(long bytes) {
        transferred = bytes;
    }

    @Override
    @Deprecated
    public final long transfered() {
        return transferred;
    }

    @Override
    public final long transferred() {
        return transferred;
    }

    @Override
    public final FileRegion retain() {
        super.retain();
        return this;
    }

    @Override
    public final FileRegion retain(int increment) {
        super.retain(increment);
        return this;
    }

    @Override
    public final FileRegion touch() {
        return this;
    }

    @Override
    public final FileRegion touch(Object hint) {
        return this;
    }
}
