"""How Koreans read aloud what the app fills into its sentences: each with the Korean that is heard."""

from collections.abc import Iterator
from unicodedata import normalize

WORDS = {
    # arguments and fields
    "preset": "프리셋", "timesteps": "타임스텝스", "features": "피처스", "batch": "배치", "data_seed": "시드",
    "sentence": "센텐스", "typed": "타입드", "return_sequences": "시퀀스", "return_state": "스테이트",
    "go_backwards": "백워즈", "stateful": "스테이트풀", "units": "유닛츠", "activation": "액티베이션",
    "recurrent_activation": "액티베이션", "use_bias": "바이어스", "unit_forget_bias": "바이어스",
    "unroll": "언롤", "zero_output_for_mask": "마스크", "dropout": "드롭아웃",
    "recurrent_dropout": "드롭아웃", "seed": "시드", "training": "트레이닝",
    "kernel_initializer": "이니셜라이저", "recurrent_initializer": "이니셜라이저",
    "bias_initializer": "이니셜라이저", "weights_seed": "시드", "given_weights": "웨이츠",
    "forget_bias": "바이어스", "initial_state": "스테이트", "initial_h": "에이치", "initial_c": "씨",
    "cell": "셀", "reset_after": "애프터", "front": "프런트", "input_dim": "딤",
    "output_dim": "딤", "mask_zero": "제로", "mask_value": "밸류",
    "head": "헤드", "head_units": "유닛츠", "head_activation": "액티베이션", "bidirectional": "바이디렉셔널",
    "merge_mode": "모드", "dropout_after": "애프터",
    "mask": "마스크", "calls": "콜스", "reset_before": "비포", "edits": "에디츠", "held": "헬드",
    "kernel_regularizer": "레귤러라이저", "kernel_constraint": "컨스트레인트", "use_cudnn": "쿠디엔엔",
    "time_major": "메이저", "input_shape": "셰입", "batch_size": "사이즈",
    # tensors and quantities
    "output": "아웃풋", "state_h": "에이치", "state_c": "씨", "kernel": "커널", "recurrent_kernel": "커널",
    "bias": "바이어스", "x": "엑스", "h": "에이치", "c": "씨", "c~": "씨", "f": "에프", "i": "아이",
    "o": "오", "z_f": "에프", "z_i": "아이", "h, 은닉 상태": "상태", "c, 셀 상태": "상태",
    "f, 망각 게이트": "게이트", "c~, 후보 값": "값",
    # names
    "Keras": "케라스", "TensorFlow": "텐서플로", "NumPy": "넘파이", "Python": "파이썬", "PyTorch": "파이토치",
    "LSTM": "엘에스티엠", "GRU": "지알유", "RNN": "알엔엔", "LSTMCell": "셀", "Bidirectional": "바이디렉셔널",
    "Embedding": "임베딩", "Masking": "마스킹", "Dense": "덴스", "Attention": "어텐션", "Input": "인풋",
    "GlorotUniform": "유니폼", "Orthogonal": "오쏘고널", "sigmoid": "시그모이드", "softmax": "소프트맥스",
    "relu": "렐루", "float32": "삼십이", "csv": "브이", "npz": "제트", "png": "지", "json": "제이슨",
    "html": "엘", "L": "엘", "M": "엠", "N": "엔", "R": "알", "A": "에이", "B": "비", "True": "트루",
    "False": "폴스", "None": "논", "nan": "난",
    # what learners call things
    "temperature": "템퍼러처", "step": "스텝", "map": "맵", "app": "앱", "book": "북", "web": "웹",
    "week": "위크", "stack": "스택", "block": "블록", "type": "타입", "name": "네임", "value": "밸류",
    "label": "레이블", "sample": "샘플", "column": "칼럼", "pattern": "패턴", "loop": "루프",
    "graph": "그래프", "test": "테스트", "기온": "기온", "값": "값",
    # marks, quotes and brackets around them
    "“output”": "아웃풋", "`h`": "에이치", "**kernel**": "커널", "(1, 4)": "사", "(1, 6, 3)": "삼",
    "output[0]": "영", "reset_state()": "스테이트", "LSTM(8)": "엘에스티엠",
    "Keras 3.15.1(TensorFlow 2.21.0)": "일", "50%": "퍼센트", "0.5 ": "오", "13번째": "째", "유닛 7": "칠",
}  # fmt: skip
"""What is filled in, or stands before a particle, and how it ends when read."""

_DIGITS, _UNITS = "영일이삼사오육칠팔구", ("", "십", "백", "천")
_MYRIADS = ("", "만", "억", "조")


def whole(number: int) -> str:
    """A whole number in Sino-Korean.

    >>> [whole(number) for number in (0, 10, 13, 106, 2000, 10000, 120000)]
    ['영', '십', '십삼', '백육', '이천', '만', '십이만']
    """
    if number == 0:
        return _DIGITS[0]
    read = ""
    for power, myriad in enumerate(_MYRIADS):
        four = number // 10000**power % 10000
        digits = [(four // 10**place % 10, unit) for place, unit in enumerate(_UNITS)]
        said = "".join((_DIGITS[d] if d > 1 or not unit else "") + unit for d, unit in reversed(digits) if d)
        read = ("" if said == "일" and power == 1 else said) + (myriad if said else "") + read
    return read


def numbers() -> Iterator[tuple[str, str]]:
    """Numbers as the app writes them, with their reading: whole, decimal, percent, exponent, versions."""
    for number in (*range(10001), 20000, 131072, 10**6, 10**8, 999999999, 10**12):
        yield str(number), whole(number)
        yield f"-{number}", whole(number)
    for number in range(0, 20001, 7):
        yield f"{number / 10000:.4f}", _DIGITS[number % 10]
        yield f"{number / 10000:.2%}", "퍼센트"
    for number in range(100):
        yield f"{number / 100:.2f}", _DIGITS[number % 10]
        yield f"1e-{number + 1:02d}", whole(number + 1)
        yield f"3.{number // 10}.{number}", whole(number)
        yield f"({number}, {number + 1})", whole(number + 1)
    yield "131,072", whole(131072)


def ending(reading: str) -> str:
    """The consonant at the end: "ㄹ", "ㄱ" for any other, "" for a vowel; by Unicode, which takes syllables apart."""
    last = normalize("NFD", reading)[-1]
    return "ㄹ" if last == "\u11af" else "ㄱ" if last >= "\u11a8" else ""
