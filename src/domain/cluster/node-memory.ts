/** AWS states no limit of output for the newest families; for most others it is a tenth. */
const withTenth = (maxMemory: number): readonly [number, number] => [maxMemory, Math.floor(maxMemory / 10)];

/**
 * For each node type: the bytes of `maxmemory`, and the bytes of output at which a replica is disconnected (hard and soft limit).
 * `m` and `r` stand for the families that share their sizes. Source: "Valkey node-type specific parameters" and "Redis OSS
 * node-type specific parameters" of the ElastiCache user guide, as of 2026-11.
 */
const memory: Readonly<Record<string, readonly [maxMemory: number, replicaLimit: number]>> = {
  't2.micro': [581_959_680, 58_195_968],
  't2.small': [1_665_138_688, 166_513_868],
  't2.medium': [3_461_349_376, 346_134_937],
  't3.micro': [536_870_912, 53_687_091],
  't3.small': [1_471_026_299, 147_102_629],
  't3.medium': [3_317_862_236, 331_786_223],
  't4g.micro': [536_870_912, 53_687_091],
  't4g.small': [1_471_026_299, 147_102_629],
  't4g.medium': [3_317_862_236, 331_786_223],
  'm3.medium': [2_988_441_600, 309_329_920],
  'm3.large': [6_501_171_200, 650_117_120],
  'm3.xlarge': [14_260_633_600, 1_426_063_360],
  'm3.2xlarge': [29_989_273_600, 2_998_927_360],
  'm4.large': [6_892_593_152, 689_259_315],
  'm4.xlarge': [15_328_501_760, 1_532_850_176],
  'm4.2xlarge': [31_889_126_359, 3_188_912_636],
  'm4.4xlarge': [65_257_290_629, 6_525_729_063],
  'm4.10xlarge': [166_047_614_239, 16_604_761_424],
  'm.large': [6_854_542_746, 685_454_275],
  'm.xlarge': [13_891_921_715, 1_389_192_172],
  'm.2xlarge': [27_966_669_210, 2_796_666_921],
  'm.4xlarge': [56_116_178_125, 5_611_617_812],
  'm.8xlarge': [111_325_552_312, 11_132_555_231],
  'm.12xlarge': [168_715_971_994, 16_871_597_199],
  'm.16xlarge': [225_000_375_228, 22_500_037_523],
  'm.24xlarge': [337_500_562_842, 33_750_056_284],
  'r3.large': [14_470_348_800, 1_468_006_400],
  'r3.xlarge': [30_513_561_600, 3_040_870_400],
  'r3.2xlarge': [62_495_129_600, 6_081_740_800],
  'r3.4xlarge': [126_458_265_600, 12_268_339_200],
  'r3.8xlarge': [254_384_537_600, 24_536_678_400],
  'r4.large': [13_201_781_556, 1_320_178_155],
  'r4.xlarge': [26_898_228_839, 2_689_822_883],
  'r4.2xlarge': [54_197_537_997, 5_419_753_799],
  'r4.4xlarge': [108_858_546_586, 10_885_854_658],
  'r4.8xlarge': [218_255_432_090, 21_825_543_209],
  'r4.16xlarge': [437_021_573_120, 43_702_157_312],
  'r.large': [14_037_181_030, 1_403_718_103],
  'r.xlarge': [28_261_849_702, 2_826_184_970],
  'r.2xlarge': [56_711_183_565, 5_671_118_356],
  'r.4xlarge': [113_609_865_216, 11_360_986_522],
  'r.8xlarge': [225_000_375_228, 22_500_037_523],
  'r.12xlarge': [341_206_346_547, 34_120_634_655],
  'r.16xlarge': [450_000_750_456, 45_000_075_046],
  'r.24xlarge': [682_485_973_811, 68_248_597_381],
  'c7gn.large': [3_317_862_236, 1_403_718_103],
  'c7gn.xlarge': [6_854_542_746, 2_826_184_970],
  'c7gn.2xlarge': [13_891_921_715, 5_671_118_356],
  'c7gn.4xlarge': [27_966_669_210, 11_360_986_522],
  'c7gn.8xlarge': [56_116_178_125, 22_500_037_523],
  'c7gn.12xlarge': [84_357_985_997, 34_120_634_655],
  'c7gn.16xlarge': [113_609_865_216, 45_000_075_046],
  'm8g.large': withTenth(7_294_178_820),
  'm8g.xlarge': withTenth(15_222_495_510),
  'm8g.2xlarge': withTenth(31_866_224_640),
  'm8g.4xlarge': withTenth(65_856_864_256),
  'm8g.8xlarge': withTenth(133_838_143_488),
  'm8g.12xlarge': withTenth(201_819_422_720),
  'm8g.16xlarge': withTenth(269_800_701_952),
  'r8g.large': withTenth(15_222_495_510),
  'r8g.xlarge': withTenth(31_866_224_640),
  'r8g.2xlarge': withTenth(65_856_864_256),
  'r8g.4xlarge': withTenth(133_838_143_488),
  'r8g.8xlarge': withTenth(269_800_701_952),
  'r8g.12xlarge': withTenth(405_763_260_416),
  'r8g.16xlarge': withTenth(541_725_818_880),
  'c8gn.large': withTenth(3_330_020_474),
  'c8gn.xlarge': withTenth(7_294_178_820),
  'c8gn.2xlarge': withTenth(15_222_495_510),
  'c8gn.4xlarge': withTenth(31_866_224_640),
  'c8gn.8xlarge': withTenth(65_856_864_256),
  'c8gn.12xlarge': withTenth(99_847_503_872),
  'c8gn.16xlarge': withTenth(133_838_143_488),
};

const shared: Readonly<Record<string, string>> = {
  m5: 'm',
  m6g: 'm',
  m7g: 'm',
  r5: 'r',
  r6g: 'r',
  r6gd: 'r',
  r7g: 'r',
};

/** The family as tables of sizes name it: `m` and `r` stand for the families that share their sizes. */
export function familyInTables(family: string): string {
  return shared[family] ?? family;
}

export interface NodeMemory {
  /** The bytes of a node, before the reserved share. */
  readonly maxMemory: number;
  readonly replicaOutputLimit: number;
}

/** Returns the memory of a node type such as `cache.t3.small`; undefined if AWS does not list the type. */
export function nodeMemory(nodeType: string): NodeMemory | undefined {
  const [, family = '', size = ''] = nodeType.split('.');
  const found = memory[`${familyInTables(family)}.${size}`];
  return found && { maxMemory: found[0], replicaOutputLimit: found[1] };
}
