// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.file;

import io.netty.channel.FileRegion;
import io.netty.util.AbstractReferenceCounted;

/** What all regions have that a program makes itself; it starts at 0 and holds nothing. */
public abstract class UserRegion extends AbstractReferenceCounted implements FileRegion {
    @Override
    public long position() {
        return 0;
    }

    @Override
    @Deprecated
    @SuppressWarnings("InlineMeSuggester") // its callers are Netty's
    public final long transfered() {
        return transferred();
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

    @Override
    protected void deallocate() {}
}
