/** Packages of a later release of Debian, with everything that they need to run on an earlier one. */
export interface PinnedPackages {
  readonly version: string;
  /** Below a mirror of Debian. */
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
  /** The folder of the libraries and of their loader, below the unpacked files. */
  readonly libraries: string;
  readonly loader: string;
}

/** Valkey 9.1.2 of Debian forky. Its packages require a later C library than Debian 12 has, so they bring their own. */
const valkey9: PinnedPackages = {
  version: '9.1.2',
  libraries: 'usr/lib/x86_64-linux-gnu',
  loader: 'ld-linux-x86-64.so.2',
  files: [
    {
      path: 'pool/main/v/valkey/valkey-server_9.1.2-1_amd64.deb',
      sha256: 'a29ac13c50c5902e119c6d548fd39d285c5836df10451c23f2cb6cd59f8f002f',
    },
    {
      path: 'pool/main/v/valkey/valkey-tools_9.1.2-1_amd64.deb',
      sha256: '466ee9a2726e22f4ba8d6d71b0e3ba742d669c9141baac2c09c5f32b76695286',
    },
    {
      path: 'pool/main/g/glibc/libc6_2.43-7_amd64.deb',
      sha256: '5c71715c51103beb4fbba9fe9f8dff604af6610dfa71c70bff342f54a7860803',
    },
    {
      path: 'pool/main/g/gcc-16/libatomic1_16.2.0-3_amd64.deb',
      sha256: '45ee39ca0d41dc7fb29e635fb1232e85d1aadb0914d79dd3585d77c832c493d3',
    },
    {
      path: 'pool/main/g/gcc-16/libgcc-s1_16.2.0-3_amd64.deb',
      sha256: 'e716dc8baad27e884c45ff83a76955047a7a9e33a80e94f9459ee996ebb800b0',
    },
    {
      path: 'pool/main/g/gcc-16/libstdc++6_16.2.0-3_amd64.deb',
      sha256: '7c9e1a89e6c0b9202699957b469c06d0b86f5c97e86c1ff912b6502ddd8793b6',
    },
    {
      path: 'pool/main/j/jemalloc/libjemalloc2_5.3.1-2_amd64.deb',
      sha256: '115b797f5a25d70cbe81373c9f1cce78536ed2a8a6d9dd5a061682a2340a25df',
    },
    {
      path: 'pool/main/libl/liblzf/liblzf1_3.6-4+b4_amd64.deb',
      sha256: '92a2fa60117fddfdfbb1dcff83e62f271d7f243dbc172ff0e5252df941f34dcd',
    },
    {
      path: 'pool/main/o/openssl/libssl3t64_3.6.5-1_amd64.deb',
      sha256: '0a0ec84fe860c5c93c74d53cbb071aea0793327a3761b483080e9d7b73c21b37',
    },
    {
      path: 'pool/main/s/systemd/libsystemd0_262-1_amd64.deb',
      sha256: '4d28018b91c1f7e605c0e35a2f5be0cb00dd7d8afaea93d15a9bc554343bb7ac',
    },
    {
      path: 'pool/main/libz/libzstd/libzstd1_1.5.7+dfsg-4_amd64.deb',
      sha256: '93e7930e4c25b918f1dd980cc1c6d4487654a248f5fa71eacb976ed7bbe954bd',
    },
    {
      path: 'pool/main/z/zlib/zlib1g_1.3.dfsg+really1.3.2-3_amd64.deb',
      sha256: '52c585b07bea72ef36df9ddd5d1937f4739d3caec057d827954baec256292651',
    },
  ],
};

/** By the major version that `CACHEGRAPH_VALKEY_VERSION` names. */
export const pinnedVersions: ReadonlyMap<string, PinnedPackages> = new Map([['9', valkey9]]);
