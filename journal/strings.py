"""Words of the site's own furniture, in both languages: what templates and the build say.

The two tables have the same keys. Words of the pages themselves stand in the pages.
"""

from __future__ import annotations

STRINGS: dict[str, dict[str, str]] = {
    "ko": {
        "language_name": "한국어",
        "other_language_name": "English",
        "other_language_hint": "Read this page in English",
        # Navigation
        "nav_log": "일기",
        "nav_notes": "노트",
        "nav_lab": "실험실",
        "nav_api": "study 함수",
        "menu": "차례",
        "search": "찾기",
        "repository": "저장소",
        # Head of a page
        "kind_note": "노트",
        "kind_log": "일기",
        "kind_lab": "실험실",
        "kind_api": "study 함수",
        "chapter": "{number}장",
        "chapter_titled": "{number}장 {title}",
        "reading": "읽는 데 {minutes}분",
        "goal": "읽고 나면",
        "needs": "먼저 읽을 것",
        "needs_none": "없어요. 여기서 시작하면 돼요.",
        "chapters": "책에서",
        "tags": "꼬리표",
        # Under a block
        "not_in_browser_training-images": (
            "훈련 이미지 6만 장은 이 사이트에 없어서, 이 블록은 내 컴퓨터에서만 그대로 돌아가요. "
            "브라우저에서는 study.digits가 그리는 숫자로 바꿔 볼 수 있어요."
        ),
        "digit_still": (
            "왼쪽은 손글씨처럼 그린 3. "
            "오른쪽은 신경망이 계산한 숫자마다의 확률로, 3의 막대만 1에 가깝다."
        ),
        "widget_without_script": "손으로 움직여 보는 그림의 자리예요. 자바스크립트를 켜면 나와요.",
        "not_in_browser_float-warnings": (
            "브라우저 안의 NumPy는 넘침을 알리지 않아서, 여기서 돌리면 경고 줄이 빠져요."
        ),
        # After a page
        "uses": "이 글의 코드가 쓴 study 함수",
        "used_in": "이 함수들을 쓰는 글",
        "install": "코드 한 칸만 복사해도 그대로 돌아가요. study는 한 줄로 설치해요.",
        # Exercises
        "exercises": "연습문제",
        "solved": "풀었어요",
        "solved_count": "푼 연습문제 {done} / {total}",
        "solved_export": "기록을 파일로 저장",
        "solved_import": "파일에서 불러오기",
        "solved_import_failed": "이 사이트에서 저장한 기록 파일이 아니에요.",
        "solved_clear": "기록 지우기",
        "solved_question": "이 기기에 남은 기록을 모두 지울까요?",
        "solved_all": "연습문제 모두 보기",
        # Home
        "tagline": "눈에 보이는 숫자는 모두, 바로 위의 코드가 찍었어요.",
        "start_notes": "첫 노트부터",
        "start_log": "그날 밤의 일기",
        "hero_alt": (
            "일기의 3층 신경망. 입력 1.0과 0.5가 뉴런 세 개, 두 개를 지나 "
            "출력 0.3168과 0.6963이 된다. 선이 굵을수록 가중치가 크다."
        ),
        "hero_input": "입력",
        "hero_layer": "{number}층",
        "hero_output": "출력",
        "hero_caption": (
            "선의 굵기는 가중치, 원 안의 수는 뉴런의 값. 일기 속 3층 신경망을 그대로 그렸어요."
        ),
        # Lists of pages
        "progress_count": "{total}장 가운데 {covered}장",
        "progress_open": "아직",
        "latest_empty": "아직 쓴 일기가 없어요.",
        "notes_empty": "아직 쓴 노트가 없어요.",
        # The page that is not there
        "missing_title": "여기에는 아무것도 없어요",
        "missing_text": (
            "주소가 바뀌었거나, 아직 쓰지 않은 글이에요. "
            "위의 찾기에 낱말을 넣어 보거나 처음으로 돌아가세요."
        ),
        "missing_home": "처음으로",
        "missing_other": "In English",
        # Foot
        "footer": "글과 코드가 함께 검사되는 공부 일지",
        "licences": "글꼴과 도구의 라이선스",
    },
    "en": {
        "language_name": "English",
        "other_language_name": "한국어",
        "other_language_hint": "이 글을 한국어로 읽기",
        # Navigation
        "nav_log": "Log",
        "nav_notes": "Notes",
        "nav_lab": "Lab",
        "nav_api": "study reference",
        "menu": "Contents",
        "search": "Search",
        "repository": "Repository",
        # Head of a page
        "kind_note": "Note",
        "kind_log": "Log",
        "kind_lab": "Lab",
        "kind_api": "study reference",
        "chapter": "Chapter {number}",
        "chapter_titled": "Chapter {number}, {title}",
        "reading": "{minutes} min read",
        "goal": "Afterwards",
        "needs": "Read first",
        "needs_none": "Nothing. Start here.",
        "chapters": "In the book",
        "tags": "Tags",
        # Under a block
        "not_in_browser_training-images": (
            "The 60,000 training images are not on this site, so this block runs as it stands on "
            "your own computer only. Here you can put the digits of study.digits in their place."
        ),
        "digit_still": (
            "Left, a 3 drawn as by hand. Right, the probability that the network gives to each "
            "digit: only the bar of the 3 is near 1."
        ),
        "widget_without_script": "A figure to play with belongs here. It needs JavaScript.",
        "not_in_browser_float-warnings": (
            "NumPy in a browser does not tell of overflow: run here, the line with the warning is "
            "missing."
        ),
        # After a page
        "uses": "Functions of study used on this page",
        "used_in": "Pages that use these functions",
        "install": "Any single block runs as it stands. One line installs study:",
        # Exercises
        "exercises": "Exercises",
        "solved": "solved",
        "solved_count": "{done} of {total} exercises solved",
        "solved_export": "Save the record as a file",
        "solved_import": "Open a saved record",
        "solved_import_failed": "That file is not a record saved by this site.",
        "solved_clear": "Clear the record",
        "solved_question": "Clear everything that this device remembers?",
        "solved_all": "All exercises",
        # Home
        "tagline": "Every number you see was printed by the code above it.",
        "start_notes": "Start with the first note",
        "start_log": "Read that night’s log",
        "hero_alt": (
            "The log’s three-layer network. The inputs 1.0 and 0.5 pass through three neurons, "
            "then two, and become the outputs 0.3168 and 0.6963. Thicker lines are larger weights."
        ),
        "hero_input": "input",
        "hero_layer": "layer {number}",
        "hero_output": "output",
        "hero_caption": "Line width is weight; the number in a circle is what the neuron says. "
        "This is the log’s own three-layer network.",
        # Lists of pages
        "progress_count": "{covered} of {total} chapters",
        "progress_open": "not yet",
        "latest_empty": "No entries yet.",
        "notes_empty": "No notes yet.",
        # The page that is not there
        "missing_title": "There is nothing here",
        "missing_text": "The address has changed, or the page is not written yet. "
        "Try a word in the search above, or go back to the start.",
        "missing_home": "To the start",
        "missing_other": "한국어로",
        # Foot
        "footer": "A study journal whose text and code are checked together",
        "licences": "Licences of the fonts and tools",
    },
}
