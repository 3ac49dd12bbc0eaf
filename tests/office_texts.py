"""Whole texts of several kinds, written for the tests: offices' documents, and texts that are none."""

DECISION = """\
ỦY BAN NHÂN DÂN
HUYỆN HÒA BÌNH
Số: 1542/QĐ-UBND

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Hòa Bình, ngày 05 tháng 3 năm 2025

QUYẾT ĐỊNH
Ban hành Quy chế tổ chức và hoạt động của Hội đồng Thi đua - Khen thưởng
huyện Hòa Bình
ỦY BAN NHÂN DÂN HUYỆN HÒA BÌNH
Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015;
Căn cứ Luật Thi đua, khen thưởng ngày 15 tháng 6 năm 2022;
Căn cứ Nghị định số 98/2023/NĐ-CP ngày 31 tháng 12 năm 2023 của Chính
phủ quy định chi tiết thi hành một số điều của Luật Thi đua, khen thưởng;
Theo đề nghị của Trưởng phòng Nội vụ huyện tại Tờ trình số 45/TTr-PNV
ngày 01/3/2025.
QUYẾT ĐỊNH:
Điều 1. Ban hành kèm theo Quyết định này Quy chế tổ chức và hoạt động
của Hội đồng Thi đua - Khen thưởng huyện Hòa Bình.
Điều 2. Quyết định này có hiệu lực kể từ ngày ký và thay thế Quyết định số
890/QĐ-UBND ngày 12/4/2019 của Ủy ban nhân dân huyện.
Điều 3. Chánh Văn phòng Hội đồng nhân dân và Ủy ban nhân dân huyện,
Trưởng phòng Nội vụ, thủ trưởng các cơ quan, đơn vị có liên quan và Chủ tịch Ủy
ban nhân dân các xã, thị trấn chịu trách nhiệm thi hành Quyết định này./.

Nơi nhận:
- Như Điều 3;
- Ban Thi đua - Khen thưởng tỉnh;
- Lưu: VT, NV.

TM. ỦY BAN NHÂN DÂN
CHỦ TỊCH
Đinh Thế Vinh\fỦY BAN NHÂN DÂN
HUYỆN HÒA BÌNH

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc

QUY CHẾ
Tổ chức và hoạt động của Hội đồng Thi đua - Khen thưởng huyện Hòa Bình
(Ban hành kèm theo Quyết định số 1542/QĐ-UBND ngày 05/3/2025 của Ủy ban
nhân dân huyện Hòa Bình)
Chương I
QUY ĐỊNH CHUNG
Điều 1. Phạm vi điều chỉnh
Quy chế này quy định tổ chức, nhiệm vụ và chế độ làm việc của Hội đồng Thi
đua - Khen thưởng huyện.
Điều 2. Nguyên tắc làm việc
1. Hội đồng làm việc theo nguyên tắc tập trung dân chủ.
2. Các cuộc họp phải có ít nhất hai phần ba số thành viên tham dự.
Chương II
NHIỆM VỤ VÀ QUYỀN HẠN
Điều 3. Nhiệm vụ của Hội đồng
a) Tham mưu cho Ủy ban nhân dân huyện về chủ trương, chính sách thi đua;
b) Đề nghị các hình thức khen thưởng.
Điều 4. Kinh phí hoạt động
Kinh phí hoạt động của Hội đồng do ngân sách huyện bảo đảm.
"""


LETTER = """\
UBND TỈNH SƠN TÂY
SỞ NỘI VỤ
Số: 1207/SNV-TĐKT
V/v hướng dẫn tổng kết công tác thi đua,
khen thưởng năm 2025

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Sơn Tây, ngày 20 tháng 10 năm 2025

HỎA TỐC

Kính gửi:
- Các sở, ban, ngành tỉnh;
- Ủy ban nhân dân các xã, phường;
- Các doanh nghiệp trên địa bàn tỉnh.
Thực hiện Kế hoạch số 15/KH-UBND ngày 10/01/2025 của Ủy ban nhân dân
tỉnh về công tác thi đua, khen thưởng năm 2025, Sở Nội vụ hướng dẫn các cơ quan,
đơn vị, địa phương một số nội dung sau:
1. Nội dung tổng kết
a) Đánh giá kết quả thực hiện các phong trào thi đua.
b) Đánh giá công tác khen thưởng.
2. Hồ sơ, thời hạn
Hồ sơ gửi về Sở Nội vụ trước ngày 30/11/2025.
Đề nghị các cơ quan, đơn vị triển khai thực hiện./.

Nơi nhận:
- Như trên;
- UBND tỉnh (để b/c);
- Lưu: VT, TĐKT (2b).

KT. GIÁM ĐỐC
PHÓ GIÁM ĐỐC
Lương Thị Mỹ Hạnh
"""


SCHOOL = """\
PHÒNG GD&ĐT HUYỆN SÔNG LAM
TRƯỜNG TIỂU HỌC NÀ PHÒN
Số:      /KH-THNP

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Nà Phòn, ngày … tháng 9 năm 2024

KẾ HOẠCH PHÁT ĐỘNG THI ĐUA
Chào mừng ngày Nhà giáo Việt Nam 20/11
Căn cứ công văn số 512/PGDĐT-CMTH ngày 05/9/2024 của Phòng GD&ĐT
huyện Sông Lam;
Căn cứ tình hình thực tế của nhà trường,
Trường Tiểu học Nà Phòn xây dựng kế hoạch như sau:
A. MỤC ĐÍCH - YÊU CẦU
1/ Mục đích
- Tạo không khí thi đua sôi nổi.
2/ Yêu cầu
- Tổ chức thiết thực, tiết kiệm.
B. NỘI DUNG
I. Thi đua dạy tốt
1. Đối với giáo viên
- Mỗi tổ đăng ký 02 tiết dạy tốt.
2. Đối với học sinh
- Mỗi lớp làm một tập san.
II. Văn nghệ, thể thao
Tổ chức hội diễn văn nghệ vào chiều 18/11/2024.
C. TỔ CHỨC THỰC HIỆN
* Ban giám hiệu: Chỉ đạo chung.
* Tổ chuyên môn: Xây dựng kế hoạch của tổ trước 25/9/2024.
D. KHEN THƯỞNG
Giải nhất: 500.000 đồng; giải nhì: 300.000 đồng.
Nơi nhận:
- PGD (b/c);
- Các tổ CM;
- Lưu VP.
HIỆU TRƯỞNG
Hoàng Thị Kim Oanh
"""


UNNUMBERED = """\
LIÊN MINH HỢP TÁC XÃ VIỆT NAM
LIÊN MINH HỢP TÁC XÃ
TỈNH ĐỒNG GIANG
Số: 77/KH-LMHTX

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Đồng Giang, ngày 02 tháng 4 năm 2025

KẾ HOẠCH
Tổ chức Hội chợ sản phẩm hợp tác xã năm 2025
Thực hiện Chương trình số 12/CTr-LMHTXVN ngày 15 tháng 01 năm 2025 của Liên
minh Hợp tác xã Việt Nam, Liên minh Hợp tác xã tỉnh ban hành Kế hoạch tổ chức
Hội chợ như sau:
MỤC ĐÍCH, YÊU CẦU
Quảng bá sản phẩm của các hợp tác xã, kết nối cung cầu.
THỜI GIAN VÀ ĐỊA ĐIỂM
Thời gian: Từ ngày 10 đến ngày 15/6/2025.
Địa điểm: Quảng trường tỉnh.
NỘI DUNG
1. Trưng bày gian hàng
Mỗi hợp tác xã được bố trí một gian hàng tiêu chuẩn.
2. Hội thảo chuyên đề
Tổ chức 02 hội thảo về chuyển đổi số.
PHÂN CÔNG NHIỆM VỤ
1. Văn phòng: chuẩn bị cơ sở vật chất, khánh tiết.
2. Phòng Kế hoạch: mời các hợp tác xã tham gia.
3. Phòng Tài vụ: dự toán kinh phí.
Trên đây là Kế hoạch tổ chức Hội chợ, đề nghị các phòng, ban nghiêm túc thực hiện./.

TM. BAN THƯỜNG VỤ
Q. CHỦ TỊCH
Lý Văn Bền

Nơi nhận:
- Liên minh HTX Việt Nam;
- UBND tỉnh;
- Lưu: VT.
"""


PARTY = """\
ĐẢNG BỘ TỈNH HÀ TRUNG
ĐẢNG ỦY CÁC CƠ QUAN ĐẢNG
*
Số 34-KH/ĐU

ĐẢNG CỘNG SẢN VIỆT NAM
Hà Trung, ngày 12 tháng 8 năm 2025

KẾ HOẠCH
sơ kết 5 năm thực hiện Kết luận số 01-KL/TW của Bộ Chính trị
------
Phần thứ nhất
MỤC TIÊU, QUAN ĐIỂM
1. Mục tiêu chung
Tạo chuyển biến mạnh mẽ trong nhận thức và hành động.
2. Mục tiêu cụ thể
2.1. Đến năm 2026, 100% chi bộ đăng ký nội dung làm theo.
2.2. Đến năm 2030, không có đảng viên vi phạm kỷ luật.
Phần thứ hai
NHIỆM VỤ, GIẢI PHÁP
1. Công tác tuyên truyền
- Các chi bộ tổ chức quán triệt trước ngày 30/9/2025.
2. Công tác kiểm tra, giám sát
- Ủy ban Kiểm tra Đảng ủy kiểm tra ít nhất 02 chi bộ mỗi năm.
Phần thứ ba
TỔ CHỨC THỰC HIỆN
1. Ban Tuyên giáo và Dân vận Đảng ủy chủ trì tham mưu sơ kết, báo cáo Ban
Thường vụ trước ngày 15/10/2025.
2. Các chi bộ, đảng bộ cơ sở căn cứ Kế hoạch này xây dựng kế hoạch thực
hiện.

Nơi nhận:
- Thường trực Tỉnh ủy (báo cáo),
- Các chi bộ, đảng bộ cơ sở (thực hiện),
- Lưu VPĐU.

T/M ĐẢNG ỦY
PHÓ BÍ THƯ THƯỜNG TRỰC
Cao Xuân Hải
"""


INVOICE = """\
CÔNG TY TNHH THƯƠNG MẠI BÌNH AN
Mã số thuế: 0312345678
Địa chỉ: 12 Trần Phú, Quận 5
HÓA ĐƠN BÁN HÀNG
Số: 0001234
Ngày 12 tháng 5 năm 2025
Người mua: Nguyễn Văn Tám
1. Giấy in A4: 10 ram x 65.000
2. Mực in: 02 hộp x 350.000
Tổng cộng: 1.350.000 đồng
Người bán hàng
Trần Thị Sáu
"""


NOVEL = """\
Chương I
Sớm hôm ấy, khi sương còn giăng trên mặt sông, ông Tư đã ra bến. Con đò cũ
nằm im dưới gốc gáo già, nước vỗ nhẹ vào mạn.
- Chú Tư ơi, cho tôi qua sông!
Ông ngẩng lên, nheo mắt nhìn. Cuộc đời ông gắn với bến đò này đã ba mươi
năm có lẻ.
Chương II
Chiều về, gió thổi mạnh.
"""


ENGLISH = """\
Dear Sir or Madam,

I am writing to enquire about the position advertised on 12 May 2025.
1. I have ten years of experience.
2. I am available from June.

Yours faithfully,
John Smith
"""


DOCUMENTS = (DECISION, LETTER, SCHOOL, UNNUMBERED, PARTY, INVOICE, NOVEL, ENGLISH)
